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

test.each([5, 30, 100])('keeps the order of %i rows, and the size of their table', async (count) => {
  const setup = `create table items (id serial primary key, units int) with (autovacuum_enabled = off);
    insert into items (id, units) select (n * 37) % 101, n from generate_series(1, ${count}) n`;
  await withServer(setup, async (server) => {
    await withAppDatabase(server.url, async (database) => {
      const snapshot = await database.takeSnapshot();
      await asApp(server.url, async (app) => {
        // all columns, or an index alone could give the ids
        const ids = async () =>
          (await app.query<{ id: number }>('select * from items')).rows.map(({ id }) => id);
        const before = await ids();
        expect(before.slice(0, 3)).toEqual([37, 74, 10]);
        for (let round = 0; round < 150; round += 1) {
          await app.query('update items set units = 0 where id = 74');
          expect(await snapshot.restoreWritten()).toEqual(['public.items']);
          expect(await ids(), `round ${round}`).toEqual(before);
        }
        // without a vacuum, 150 restores leave 15,000 dead rows on as many as 70 pages
        const { rows } = await app.query<{ pages: number }>(
          `select pg_relation_size('items')::float8 / 8192 as pages`,
        );
        expect(rows[0]!.pages).toBeLessThan(45);
      });
      await snapshot.finish();
    });
  });
});

test('a right to set session_replication_role makes an owner as free as a superuser', async () => {
  await withServer(ODD_SCHEMA, async (server) => {
    await server.query(`grant set on parameter session_replication_role to ${server.role}`);
    await withAppDatabase(server.ownerUrl, async (database) => {
      expect(database.session.replicationRole).toBe('replica');
      const snapshot = await database.takeSnapshot();
      await asApp(server.ownerUrl, (app) => app.query(`delete from seats where place = 2`));
      expect(await snapshot.restoreWritten()).toEqual(['public.bookings', 'public.seats']);
      await snapshot.finish();
    });
    await server.query(`revoke set on parameter session_replication_role from ${server.role}`);
  });
});

test('undoes what a materialised view shows, and says when it was out of date before', async () => {
  const setup = `create table items (n int); insert into items values (1);
    create materialized view fresh as select n from items; create materialized view stale as select n from items`;
  await withServer(setup, async (server) => {
    await asApp(server.ownerUrl, (app) =>
      app.query('insert into items values (2); refresh materialized view fresh'),
    );
    await withAppDatabase(server.ownerUrl, async (database) => {
      const snapshot = await database.takeSnapshot();
      const shown = async () => server.query('select count(*)::int as shown from fresh');
      await asApp(server.ownerUrl, (app) => app.query('delete from items; refresh materialized view fresh'));
      expect(await shown()).toEqual([{ shown: 0 }]);
      expect(await snapshot.restoreWritten()).toEqual(['public.items', 'public.fresh']);
      expect(await shown()).toEqual([{ shown: 2 }]);
      expect(await server.query('select count(*)::int as shown from stale')).toEqual([{ shown: 1 }]);
      await asApp(server.ownerUrl, (app) => app.query('refresh materialized view stale'));
      expect(await snapshot.finish()).toEqual([
        expect.stringContaining('public.stale was out of date before'),
      ]);
    });
  });
});
