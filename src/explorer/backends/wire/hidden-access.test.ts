import { beforeAll, describe, expect, test } from 'vitest';
import type { Catalogue, TableInfo } from '@/app-under-test/database/catalogue';
import { EVERYTHING_READ, EVERYTHING_STORED } from '@/explorer/search/access-set';
import { loadSqlParser, readSql } from '@/explorer/access/sql-shape';
import {
  catalogueOf,
  column,
  expression,
  fn,
  foreign,
  primary,
  table,
  trigger,
} from '../../../../tests/fixtures/explorer/catalogue';
import { SqlAccess } from './sql-access';

beforeAll(loadSqlParser);

function touched(
  parts: Partial<Catalogue>,
  sql: string,
  parameters: (string | null)[] = ['a'],
): Record<string, string> {
  const access = new SqlAccess(catalogueOf(parts));
  const [shape] = readSql(sql);
  return Object.fromEntries(shape ? access.of(shape, parameters) : []);
}

const everything = Object.fromEntries(EVERYTHING_STORED);
const everythingRead = Object.fromEntries(EVERYTHING_READ);
const child = (name: string, of: string, action: 'cascade' | 'set-null', more: Partial<TableInfo> = {}) =>
  table(name, ['id', 'up'], {
    columns: [column('id'), column('up')],
    foreignKeys: [foreign('up', `public.${of}`, action, { referencedColumns: ['id'] })],
    ...more,
  });
const shows = table('shows', [], { columns: [column('id')] });

describe('foreign keys', () => {
  test('a cascade goes on to the tables that refer to the ones it reaches', () => {
    const tables = [shows, child('tickets', 'shows', 'cascade'), child('holds', 'tickets', 'cascade')];
    expect(touched({ tables }, 'delete from shows where id = $1')).toEqual({
      ...{ 'public.shows:["a"]': 'write', 'public.tickets:*': 'write', 'public.holds:*': 'write' },
    });
  });

  test('a column that is set to null reaches only those that refer to it', () => {
    const tables = [shows, child('tickets', 'shows', 'set-null'), child('holds', 'tickets', 'cascade')];
    expect(touched({ tables }, 'delete from shows where id = $1')).toEqual({
      ...{ 'public.shows:*': 'read', 'public.shows:["a"]': 'write', 'public.tickets:*': 'write' },
    });
  });

  test('tables that refer to each other come to an end', () => {
    const tables = [child('a', 'b', 'cascade'), child('b', 'a', 'cascade')];
    expect(touched({ tables }, 'delete from a')).toEqual({ 'public.a:*': 'write', 'public.b:*': 'write' });
  });

  test.for<['delete' | 'update', 'cascade' | 'set-null']>([
    ['delete', 'cascade'],
    ['update', 'set-null'],
  ])('a trigger for %s fires behind %s', ([event, action]) => {
    const of = (events: 'delete' | 'update' | 'insert') =>
      touched(
        { tables: [shows, child('tickets', 'shows', action, { triggers: [trigger(events)] })] },
        'delete from shows',
      );
    expect(of(event)).toEqual(everything);
    expect(of('insert')).not.toHaveProperty('*');
  });
});

describe('expressions of a table', () => {
  const functions = [
    fn('used', 'stable'),
    fn('log', 'volatile'),
    fn('plain', 'immutable'),
    fn('My Fn', 'volatile'),
  ];
  const withCheck = (text: string, calls: string[] = []) =>
    table('t', [], { columns: [column('id')], expressions: [expression('check', text, { calls })] });

  test.for<[string, Record<string, string>]>([
    ['CHECK ((id <> lower(id)))', {}],
    ['CHECK ((plain(id) > 0))', {}],
    ['CHECK ((used() < 1))', everythingRead],
    ['CHECK ((public."My Fn"() < 1))', everything],
    ['CHECK ((until > now()))', { 'times:transaction': 'write' }],
    ['CHECK ((until > CURRENT_TIMESTAMP))', { 'times:transaction': 'write' }],
  ])('%s', ([text, more]) => {
    const parts = { functions, tables: [withCheck(text)] };
    const insert = touched(parts, 'insert into t (id) values ($1)');
    expect(insert).toEqual(
      '*' in more && more['*'] === 'write' ? more : { 'public.t:["a"]': 'write', ...more },
    );
    expect(touched(parts, 'select * from t where id = $1')).toEqual({ 'public.t:["a"]': 'read' });
    expect(touched(parts, 'delete from t where id = $1')).toEqual({ 'public.t:["a"]': 'write' });
  });

  test('a function that only the dependencies name', () => {
    const tables = [withCheck('CHECK ((id ~~~ id))', ['public.used'])];
    expect(touched({ functions, tables }, 'update t set n = 1')).toHaveProperty('*', 'read');
  });

  test('a policy reads its tables whenever a statement names the table', () => {
    const deals = table('deals', [], {
      columns: [column('id')],
      expressions: [expression('policy', 'EXISTS ( SELECT 1 FROM members)', { reads: ['public.members'] })],
    });
    const members = table('members', [], {
      columns: [column('id')],
      expressions: [expression('policy', 'in_team()', { reads: ['public.teams', 'public.deals'] })],
    });
    const tables = [deals, members, table('teams', [], { columns: [column('id')] })];
    const read = { 'public.members:*': 'read', 'public.teams:*': 'read' };
    expect(touched({ tables }, 'select * from deals where id = $1')).toEqual({
      ...{ 'public.deals:["a"]': 'read', ...read },
    });
    expect(touched({ tables }, 'delete from deals where id = $1')).toEqual({
      ...{ 'public.deals:["a"]': 'write', ...read },
    });
  });

  test('a default counts where the statement does not give the value', () => {
    const tables = [table('t', [], { columns: [column('id'), column('at', 'timestamptz', 'now()')] })];
    expect(touched({ tables }, 'insert into t (id) values ($1)')).toHaveProperty('times:transaction');
    expect(touched({ tables }, 'insert into t (id, at) values ($1, default)')).toHaveProperty(
      'times:transaction',
    );
    expect(touched({ tables }, 'insert into t (id, at) values ($1, $1)')).not.toHaveProperty(
      'times:transaction',
    );
  });

  test('a function behind an operator, a cast or a domain counts in every statement, one of an extension does not', () => {
    const tables = [shows];
    const of = (more: object) =>
      touched({ tables, functions: [fn('f', 'stable', { isImplicit: true, ...more })] }, 'select 1');
    expect(of({})).toEqual(everythingRead);
    expect(of({ extension: 'pg_trgm' })).toEqual({});
  });
});

describe('rows that meet others', () => {
  test('an exclusion constraint makes any two rows meet', () => {
    const tables = [table('stays', [], { columns: [column('id')], exclusions: [primary('room', 'during')] })];
    expect(touched({ tables }, 'insert into stays (id) values ($1)')).toEqual({ 'public.stays:*': 'write' });
    expect(touched({ tables }, 'update stays set room = 1 where id = $1')).toEqual({
      'public.stays:*': 'write',
    });
    expect(touched({ tables }, 'update stays set note = 1 where id = $1')).toEqual({
      'public.stays:["a"]': 'write',
    });
  });

  test('so does a column in the condition of a unique index', () => {
    const partial = { ...primary('email'), isPrimary: false, predicate: '(gone IS NULL)' };
    const tables = [table('users', [], { columns: [column('id')], keys: [primary('id'), partial] })];
    expect(touched({ tables }, 'update users set gone = null where id = $1')).toEqual({
      'public.users:*': 'write',
    });
    expect(touched({ tables }, 'update users set n = 1 where id = $1')).toEqual({
      'public.users:["a"]': 'write',
    });
  });

  test('heirs share rows with all above them, and have keys of their own', () => {
    const heir = (name: string, above: string) =>
      table(name, [], { columns: [column('id')], inherits: [`public.${above}`] });
    const tables = [shows, heir('gigs', 'shows'), heir('jams', 'gigs')];
    for (const name of ['shows', 'gigs', 'jams'])
      expect(touched({ tables }, `select * from ${name} where id = $1`)).toEqual({
        'public.shows:*': 'read',
      });
  });

  test('what fires on a partition fires behind its table', () => {
    const root = table('sales', [], { columns: [column('id')], kind: 'partitioned' });
    const part = table('sales_1', [], {
      ...{ columns: [column('id')], partitionOf: 'public.sales', inherits: ['public.sales'] },
      triggers: [trigger('insert')],
    });
    expect(touched({ tables: [root, part] }, 'insert into sales (id) values ($1)')).toEqual(everything);
    expect(touched({ tables: [root, part] }, 'update sales set n = 1 where id = $1')).toEqual({
      'public.sales:["a"]': 'write',
    });
  });

  test('a name without a schema may mean a table of any', () => {
    const other = table('shows', [], { id: 'tenant.shows', schema: 'tenant', columns: [column('id')] });
    expect(touched({ tables: [shows, other] }, 'select * from shows where id = $1')).toEqual({
      ...{ 'public.shows:["a"]': 'read', 'tenant.shows:["a"]': 'read' },
    });
    expect(touched({ tables: [shows, other] }, 'select * from tenant.shows')).toEqual({
      'tenant.shows:*': 'read',
    });
  });

  test('a collation may take texts that differ as equal', () => {
    const folded = { ...shows, columns: [{ ...column('id'), isDeterministic: false }] };
    expect(touched({ tables: [folded] }, 'select * from shows where id = $1')).toEqual({
      'public.shows:*': 'read',
    });
  });

  test('a foreign table may be any other', () => {
    expect(touched({ tables: [{ ...shows, kind: 'foreign' }] }, 'select * from shows')).toEqual(everything);
  });
});

test('a view calls what its query calls', () => {
  const view = (definition: string, calls: string[] = []) => ({
    views: [{ id: 'public.v', isMaterialized: false, reads: ['public.shows'], calls, definition }],
    tables: [shows],
    functions: [fn('f', 'volatile')],
  });
  expect(touched(view('SELECT now()'), 'select * from v')).toEqual({
    ...{ 'public.shows:*': 'read', 'times:transaction': 'write' },
  });
  expect(touched(view("SELECT nextval('s')"), 'select * from v')).toHaveProperty(['sequences:*']);
  expect(touched(view('', ['public.f']), 'select * from v')).toEqual(everything);
});
