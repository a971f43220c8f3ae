import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAppDatabase } from '@/app-under-test/database/app-database';
import type { DatabaseErrorKind } from '@/app-under-test/database/database-error';
import {
  asApp,
  connectOptions,
  createAppServer,
  withAppDatabase,
  type AppServer,
} from '../../fixtures/app-database/app-server';
import { dump } from '../../fixtures/app-database/dump';
import { expectRefusal } from '../../fixtures/app-database/refusal';
import { queryOnce } from '../../fixtures/database/test-database';

let server: AppServer;

beforeAll(async () => {
  server = await createAppServer(`create table items (sku text primary key, units int);
    insert into items select 'sku-' || n, n from generate_series(1, 30) n`);
});
afterAll(() => server.drop());

const open = (url: string, more = {}) => withAppDatabase(url, () => Promise.resolve(), more);

/** Snapshot of a database with this schema, as a role; dropped again. */
async function expectNoSnapshot(
  sql: string,
  kind: DatabaseErrorKind,
  parts: string[],
  { urlOf = (one: AppServer) => one.ownerUrl, asSuperuser = '', maxRows = 1_000 } = {},
): Promise<void> {
  const own = await createAppServer(sql);
  try {
    if (asSuperuser !== '')
      await own.query(asSuperuser.replaceAll('{role}', own.role).replaceAll('{database}', own.name));
    const before = await dump(own.url);
    await expectRefusal(
      withAppDatabase(urlOf(own), (database) => database.takeSnapshot(), { maxRows }),
      kind,
      ...parts,
    );
    expect(await dump(own.url)).toEqual(before);
  } finally {
    await own.drop();
  }
}

test('opens a database that nothing else uses', async () => {
  await withAppDatabase(server.ownerUrl, async ({ session, catalogue }) => {
    expect(session).toMatchObject({ role: server.role, database: server.name, isSuperuser: false });
    expect(catalogue.tables.map(({ id }) => id)).toEqual(['public.items']);
  });
});

test('lets one exploration in at a time, and says who it is', async () => {
  await withAppDatabase(server.url, async () => {
    await expectRefusal(
      open(server.ownerUrl),
      'locked',
      'Another exploration works on the database',
      `oversell check pid ${process.pid} since 20`,
    );
  });
  await open(server.ownerUrl);
});

test('lets in the next exploration once the one before has ended', async () => {
  const first = await openAppDatabase(connectOptions(server.url));
  const second = openAppDatabase({ ...connectOptions(server.url), lockTimeoutMs: 60_000 });
  await first.close();
  await (await second).close();
});

test('refuses a database that other clients use, and says who they are', async () => {
  await asApp(server.ownerUrl, async (app) => {
    await app.query('begin');
    for (const url of [server.url, server.ownerUrl])
      await expectRefusal(
        open(url),
        'in-use',
        `the app (role ${server.role}, 127.0.0.1, idle in transaction, connection`,
        '--database-copy',
      );
  });
  await open(server.ownerUrl);
});

test('sees clients whose doings the role may not see', async () => {
  await asApp(server.url, async () => {
    await expectRefusal(open(server.ownerUrl), 'in-use', 'the app (role ');
  });
});

test('sees clients that come later, apart from those that it is told of', async () => {
  await withAppDatabase(server.ownerUrl, async (database) => {
    expect(await database.otherClients([])).toEqual([]);
    await asApp(server.ownerUrl, async (app) => {
      const { rows } = await app.query<{ pid: number }>('select pg_backend_pid() as pid');
      const { pid } = rows[0]!;
      expect(await database.otherClients([])).toMatchObject([{ pid, applicationName: 'the app' }]);
      expect(await database.otherClients([pid])).toEqual([]);
    });
  });
});

test('refuses more rows than the bound, and allows just as many', async () => {
  const take = (maxRows: number) =>
    withAppDatabase(server.ownerUrl, async (database) => (await database.takeSnapshot()).finish(), {
      maxRows,
    });
  await expectRefusal(take(29), 'too-large', 'more than 29 rows', 'public.items (30)', 'raise the bound');
  expect(await take(30)).toEqual([]);
});

test('refuses by the estimate what is far too large, without reading it', async () => {
  await expectNoSnapshot(
    `create table many (n int); insert into many select generate_series(1, 5000);
    create table parts (n int) partition by range (n);
    create table part partition of parts for values from (0) to (9000);
    insert into parts select generate_series(1, 6000)`,
    'too-large',
    ['about 11,000 rows', 'public.parts (6,000), public.many (5,000)'],
    { asSuperuser: 'analyze' },
  );
});

test('refuses a role that lacks rights, and names the tables', async () => {
  await expectNoSnapshot('create table items (id serial)', 'no-right', ['grant CREATE on it'], {
    asSuperuser: 'alter database "{database}" owner to current_user',
    urlOf: (own) => own.ownerUrl,
  });
  await expectNoSnapshot(
    'create table mine (id int)',
    'no-right',
    [
      'lacks DELETE on admin.logs (owner ',
      'lacks SELECT, INSERT, DELETE on public.theirs (owner ',
      'lacks USAGE of its schema, SELECT, INSERT, DELETE on shut.away (owner ',
      'may not set the sequence public.counter (owner ',
      'Connect as the owner',
    ],
    {
      asSuperuser: `create table public.theirs (id int); create sequence public.counter;
        create schema shut; create table shut.away (id int);
        create schema admin; create table admin.logs (id int); grant usage on schema admin to {role};
        grant select, insert on admin.logs to {role}; grant usage on public.counter to {role}`,
    },
  );
});

test('needs no ownership of a table without triggers that it may write', async () => {
  const own = await createAppServer();
  try {
    await own.query(`create table shared (id int); insert into shared values (1);
      grant select, insert, delete, update on shared to ${own.role}`);
    await withAppDatabase(own.ownerUrl, async (database) => {
      const snapshot = await database.takeSnapshot();
      await asApp(own.ownerUrl, (app) => app.query('update shared set id = 2'));
      await snapshot.finish();
    });
    expect(await own.query('select id from shared')).toEqual([{ id: 1 }]);
  } finally {
    await own.drop();
  }
});

test('refuses a trigger that it may not switch off', async () => {
  await expectNoSnapshot(
    'create table mine (id int)',
    'no-right',
    ['may not switch off the trigger audited of public.other'],
    {
      asSuperuser: `create table other (id int); grant all on other to {role};
      create function audit() returns trigger language plpgsql as 'begin return new; end';
      create trigger audited before insert on other for each row execute function audit()`,
    },
  );
});

test('refuses row-level security that hides rows from it', async () => {
  await expectNoSnapshot(
    `create table hidden (id int); insert into hidden values (1), (2);
    alter table hidden enable row level security; alter table hidden force row level security`,
    'no-right',
    ['row-level security hides rows of public.hidden'],
  );
});

test('refuses event triggers that creating the snapshot would run', async () => {
  const asSuperuser = `create table ddl (tag text); grant all on ddl to {role};
    create function log_ddl() returns event_trigger language plpgsql as 'begin insert into ddl values (tg_tag); end';
    create event trigger logged on ddl_command_end execute function log_ddl()`;
  await expectNoSnapshot('create table mine (id int)', 'unrestorable', ['event trigger logged'], {
    asSuperuser,
  });
});

test('refuses rows that cannot be inserted again, before anything has changed', async () => {
  await expectNoSnapshot(
    `create table old (id int); insert into old values (-1);
    alter table old add constraint positive check (id > 0) not valid`,
    'unrestorable',
    ['public.old', 'positive', 'cannot be put back', 'Nothing was changed'],
  );
});

test('refuses a partition whose rows are in another database', async () => {
  await expectNoSnapshot(
    'create table parts (id int) partition by list (id)',
    'unrestorable',
    ['public.far', 'foreign table'],
    {
      asSuperuser: `create foreign data wrapper nothing; create server far foreign data wrapper nothing;
      create foreign table far partition of parts default server far`,
      urlOf: (own) => own.url,
    },
  );
});

test('does not wait for a transaction that writes: says whose it is', async () => {
  await withAppDatabase(server.ownerUrl, async (database) => {
    await asApp(server.ownerUrl, async (app) => {
      await app.query('begin; update items set units = 0');
      await expectRefusal(
        database.takeSnapshot(),
        'blocked',
        'the app (role ',
        'idle in transaction',
        'Nothing was changed',
      );
      await app.query('rollback');
    });
    const snapshot = await database.takeSnapshot();
    await asApp(server.ownerUrl, async (app) => {
      await app.query(`begin; update items set units = 0 where sku = 'sku-1'`);
      await expectRefusal(snapshot.restore(), 'blocked', 'the app (role ', snapshot.schema);
      await expectRefusal(snapshot.finish(), 'blocked', 'the app (role ', snapshot.schema);
      await app.query('commit');
    });
    await snapshot.finish();
  });
  expect(await server.query(`select units from items where sku = 'sku-1'`)).toEqual([{ units: 1 }]);
});

test('keeps the copies when a table is gone, and says where they are', async () => {
  const own = await createAppServer(
    'create table a (id int); insert into a values (7); create table b (id int)',
  );
  try {
    await withAppDatabase(own.ownerUrl, async (database) => {
      const snapshot = await database.takeSnapshot();
      await asApp(own.ownerUrl, (app) => app.query('drop table a'));
      await expectRefusal(snapshot.restore(), 'schema-changed', 'public.a', snapshot.schema);
      await expectRefusal(snapshot.finish(), 'schema-changed', 'public.a', snapshot.schema);
      expect(await own.query(`select id from ${snapshot.schema}.t1`)).toEqual([{ id: 7 }]);
      await snapshot.discard();
    });
  } finally {
    await own.drop();
  }
});

test('says that the connection was lost', async () => {
  await withAppDatabase(server.url, async (database) => {
    const snapshot = await database.takeSnapshot();
    await queryOnce(
      server.url,
      `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await expectRefusal(snapshot.restore(), 'connection-lost', 'connection to PostgreSQL was lost');
  });
  await withAppDatabase(server.url, async (database) => {
    const [leftover] = await database.findLeftovers();
    await database.restoreLeftover(leftover!);
    expect(await database.findLeftovers()).toEqual([]);
  });
});
