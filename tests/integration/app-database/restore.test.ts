import { describe, expect, test } from 'vitest';
import {
  asApp,
  createAppServer,
  withAppDatabase,
  type AppServer,
} from '../../fixtures/app-database/app-server';
import { dump } from '../../fixtures/app-database/dump';
import { ODD_SCHEMA, ODD_WRITES } from '../../fixtures/app-database/odd-schema';

async function withServer(sql: string, use: (server: AppServer) => Promise<void>): Promise<void> {
  const server = await createAppServer(sql);
  try {
    await use(server);
  } finally {
    await server.drop();
  }
}

const roles = [
  { who: 'a superuser', urlOf: ({ url }: AppServer) => url, mode: 'replica' },
  { who: 'the owner of the tables', urlOf: ({ ownerUrl }: AppServer) => ownerUrl, mode: 'origin' },
] as const;

describe.each(roles)('restoring as $who', ({ urlOf, mode }) => {
  test('brings every row, sequence and setting of an odd schema back, again and again', async () => {
    await withServer(ODD_SCHEMA, async (server) => {
      const before = await dump(server.url);
      await withAppDatabase(urlOf(server), async (database) => {
        expect(database.session.replicationRole).toBe(mode);
        const snapshot = await database.takeSnapshot();
        expect(await snapshot.changedTables()).toEqual([]);
        expect(await snapshot.writtenTables()).toEqual([]);
        for (const restore of [() => snapshot.restore(), () => snapshot.restoreWritten()])
          for (let round = 0; round < 2; round += 1) {
            await asApp(server.url, async (app) => {
              for (const write of ODD_WRITES) await app.query(write);
            });
            const changed = await snapshot.changedTables();
            expect(changed.length).toBeGreaterThan(20);
            expect(await snapshot.writtenTables()).toEqual(expect.arrayContaining(changed));
            await restore();
            expect(await snapshot.changedTables()).toEqual([]);
            expect(await snapshot.writtenTables()).toEqual([]);
          }
        await asApp(server.url, async (app) => {
          for (const write of ODD_WRITES) await app.query(write);
        });
        await snapshot.finish();
      });
      expect(await dump(server.url)).toEqual(before);
    });
  });

  test('finds what each statement wrote, and undoes it', async () => {
    await withServer(ODD_SCHEMA, async (server) => {
      const before = await dump(server.url);
      await withAppDatabase(urlOf(server), async (database) => {
        const snapshot = await database.takeSnapshot();
        await asApp(server.url, async (app) => {
          for (const write of ODD_WRITES) {
            await app.query(write);
            const changed = await snapshot.changedTables();
            expect(await snapshot.restoreWritten(), write).toEqual(expect.arrayContaining(changed));
            expect(await snapshot.changedTables(), write).toEqual([]);
          }
        });
        await snapshot.finish();
      });
      expect(await dump(server.url)).toEqual(before);
    });
  });
});
