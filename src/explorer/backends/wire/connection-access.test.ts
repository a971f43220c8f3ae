import { beforeAll, describe, expect, test } from 'vitest';
import { loadSqlParser } from '@/explorer/access/sql-shape';
import { catalogueOf, column, foreign, table } from '../../../../tests/fixtures/explorer/catalogue';
import { ConnectionAccess } from './connection-access';
import { SessionLevels } from './session-levels';
import { SqlAccess } from './sql-access';

beforeAll(loadSqlParser);

const shows = table('shows', [], { columns: [column('id')] });

/** What the last of some groups touches. */
function last(groups: string[], { level = 'read committed', readsStart = false, tables = [shows] } = {}) {
  const access = new ConnectionAccess(new SqlAccess(catalogueOf({ tables })), { readsStart }, level);
  const sets = groups.map((sql) => access.take([{ sql, parameters: [] }]));
  return Object.fromEntries(sets.at(-1) ?? []);
}

const READ = "select * from shows where id = 'a'";
const ROW = { 'public.shows:["a"]': 'read' };
const SNAPSHOT = { ...ROW, '*': 'read' };
const SERIALLY = { 'public.shows:*': 'read', 'serializable:*': 'write' };

describe('the level of a transaction', () => {
  test.for<[string[], object]>([
    [['begin', READ], ROW],
    [['begin isolation level repeatable read', READ], SNAPSHOT],
    [['begin', 'set transaction isolation level repeatable read', READ], SNAPSHOT],
    [["begin; set local transaction_isolation = 'repeatable read'", READ], SNAPSHOT],
    [["begin; set transaction_isolation to 'Repeatable  Read'", READ], SNAPSHOT],
    [['begin', 'reset transaction_isolation', READ], { ...SERIALLY, '*': 'read' }],
    [['begin isolation level repeatable read', READ, 'commit', 'begin', READ], ROW],
    [['begin isolation level repeatable read', READ, 'commit and chain', READ], SNAPSHOT],
    [['begin', READ, 'commit', READ], ROW],
  ])('%j', ([groups, expected]) => {
    expect(last(groups)).toEqual(expected);
  });

  test('a session that sets one begins with it', () => {
    const level = 'repeatable read';
    expect(last(['begin', READ], { level })).toEqual(SNAPSHOT);
    expect(last(['begin isolation level read committed', READ], { level })).toEqual(ROW);
    // outside of a transaction that sets nothing, and may not lower it
    expect(last(['set transaction isolation level read committed', 'begin', READ], { level })).toEqual(
      SNAPSHOT,
    );
    expect(last([READ], { level: 'serializable' })).toEqual(SERIALLY);
  });
});

describe('when a transaction began', () => {
  test('counts once a statement may read it', () => {
    expect(last(['begin'])).toEqual({});
    expect(last(['begin'], { readsStart: true })).toEqual({ 'times:*': 'write' });
    expect(last(['begin', READ, 'commit and chain'], { readsStart: true })).toEqual({ 'times:*': 'write' });
    const history = { readsStart: false };
    const access = new ConnectionAccess(new SqlAccess(catalogueOf({ tables: [shows] })), history);
    const take = (sql: string) => Object.fromEntries(access.take([{ sql, parameters: [] }]));
    expect(take('select now()')).toEqual({ 'times:transaction': 'write' });
    expect(history.readsStart).toBe(false);
    access.split();
    expect(take('select now()')).toEqual({ 'times:transaction': 'write' });
    access.commit();
    expect(history.readsStart).toBe(false);
    take('begin');
    expect(take('select now()')).toEqual({});
    expect(history.readsStart).toBe(true);
    expect(take('select clock_timestamp()')).toEqual({ 'times:*': 'write' });
    expect(take('commit')).toEqual({});
  });
});

test('a commit frees the rows that foreign keys have locked, and checks again what may be deferred', () => {
  const key = foreign('up', 'public.shows', 'restrict', { referencedColumns: ['id'] });
  const of = (isDeferrable: boolean) =>
    table('tickets', [], { columns: [column('id'), column('up')], foreignKeys: [{ ...key, isDeferrable }] });
  const groups = ['begin', "insert into tickets (id, up) values ('x', 'a')", 'commit'];
  expect(last(groups, { tables: [shows, of(false)] })).toEqual({ 'public.tickets:["x"]': 'write', ...ROW });
  const asking = ['begin', READ, "insert into tickets (id) values ('x')", 'commit'];
  expect(last(asking, { tables: [shows, of(false)] })).toEqual({ 'public.tickets:["x"]': 'write' });
  expect(last(asking, { tables: [shows, of(true)] })).toEqual({ 'public.tickets:["x"]': 'write', ...ROW });
});

describe('the level of a session', () => {
  const session = (parameters: Record<string, string> = {}) => ({
    parameters: new Map(Object.entries(parameters)),
  });
  test.for<[string | undefined, string]>([
    ['set session characteristics as transaction isolation level repeatable read', 'repeatable read'],
    ["set default_transaction_isolation = 'serializable'", 'serializable'],
    ['SET DEFAULT_TRANSACTION_ISOLATION TO "repeatable read"', 'repeatable read'],
    ["select set_config('default_transaction_isolation', 'repeatable read', false)", 'repeatable read'],
    ["select set_config('default_transaction_isolation', $1, false)", 'serializable'],
    ['select set_config($1, $2, false)', 'serializable'],
    ["do $$ begin perform set_config('default_transaction_isolation', 'x', false); end $$", 'serializable'],
    [undefined, 'serializable'],
    ["select set_config('request.jwt.claims', $1, true)", 'read committed'],
    ['begin isolation level serializable', 'read committed'],
    ["select 'isolation'", 'read committed'],
  ])('%s gives %s', ([sql, level]) => {
    const one = session();
    const levels = new SessionLevels();
    levels.note(one, sql);
    expect([levels.of(one), levels.of(session())]).toEqual([level, 'read committed']);
  });

  test('is the strictest that it ever had', () => {
    const [one, levels] = [session(), new SessionLevels('repeatable read')];
    expect(levels.of(one)).toBe('repeatable read');
    levels.note(one, 'set default_transaction_isolation = serializable');
    levels.note(one, "set default_transaction_isolation = 'read committed'; reset all");
    expect(levels.of(one)).toBe('serializable');
  });

  test.for<[Record<string, string>, string]>([
    [{ options: '-c default_transaction_isolation=repeatable\\ read' }, 'repeatable read'],
    [{ options: '-c a=b --default-transaction-isolation=serializable -c c=d' }, 'serializable'],
    [{ default_transaction_isolation: 'REPEATABLE READ' }, 'repeatable read'],
    [{ application_name: 'default_transaction_isolation=serializable' }, 'read committed'],
  ])('%j gives %s', ([parameters, level]) => {
    expect(new SessionLevels().of(session(parameters))).toBe(level);
  });
});
