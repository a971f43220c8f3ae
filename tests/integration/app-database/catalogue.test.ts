import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowKey, type Catalogue, type TableInfo } from '@/app-under-test/database/catalogue';
import { createAppServer, withAppDatabase, type AppServer } from '../../fixtures/app-database/app-server';
import { ODD_SCHEMA } from '../../fixtures/app-database/odd-schema';

let server: AppServer;
let catalogue: Catalogue;
let notes: readonly string[];

beforeAll(async () => {
  server = await createAppServer(ODD_SCHEMA);
  await server.query(`create foreign data wrapper nothing; create server far foreign data wrapper nothing;
    create foreign table far_away (id int) server far;
    create extension btree_gist;
    create domain code as text check (value like '%-%');
    create type parcel as (codes code[], weight int);
    create table quotas (sku text check (price_of(sku) < 100), parcels parcel[]);
    alter table quotas enable row level security;
    create policy seen on quotas using (exists (select from stock where units > 0)) with check (price_of(sku) > 0);
    select lo_create(0);
    create materialized view empty as select 1 as one with no data`);
  await withAppDatabase(server.ownerUrl, async (database) => {
    ({ catalogue, notes } = database);
  });
});
afterAll(() => server.drop());

function table(id: string): TableInfo {
  const found = catalogue.tables.find((one) => one.id === id);
  if (!found) throw new Error(`${id} is not in ${catalogue.tables.map((one) => one.id).join(', ')}`);
  return found;
}

test('names tables as SQL does, and says what kind they are', () => {
  expect(table('"Odd ""Shop"""."Käufer"')).toMatchObject({
    schema: 'Odd "Shop"',
    name: 'Käufer',
    kind: 'table',
  });
  expect(table('public.sales')).toMatchObject({ kind: 'partitioned', partitionOf: null, inherits: [] });
  expect(table('public.sales_2026')).toMatchObject({ kind: 'partitioned', partitionOf: 'public.sales' });
  expect(table('public.sales_2026_rest')).toMatchObject({
    kind: 'table',
    partitionOf: 'public.sales',
    inherits: ['public.sales_2026'],
  });
  expect(table('public.cars')).toMatchObject({ partitionOf: null, inherits: ['public.vehicles'] });
  expect(table('public.cache')).toMatchObject({ isUnlogged: true });
  expect(table('public.quiet')).toMatchObject({ isUnlogged: false });
  expect(table('public.far_away')).toMatchObject({ kind: 'foreign' });
  expect(table('public.totals')).toMatchObject({ kind: 'materialized-view', isPopulated: true });
  expect(table('public.empty')).toMatchObject({ kind: 'materialized-view', isPopulated: false });
});

test('reads columns with types, defaults, generated values and identities', () => {
  expect(table('public."order"').columns).toEqual([
    {
      name: 'select',
      type: 'integer',
      isNullable: false,
      isDeterministic: true,
      default: `nextval('order_select_seq'::regclass)`,
      generated: null,
      identity: null,
    },
    {
      name: 'Total "net"',
      type: 'price',
      isNullable: false,
      isDeterministic: true,
      default: null,
      generated: null,
      identity: null,
    },
    {
      name: 'placed',
      type: 'timestamp with time zone',
      isNullable: true,
      isDeterministic: true,
      default: 'now()',
      generated: null,
      identity: null,
    },
    {
      name: 'group',
      type: 'mood',
      isNullable: true,
      isDeterministic: true,
      default: null,
      generated: null,
      identity: null,
    },
  ]);
  const buyers = table('"Odd ""Shop"""."Käufer"').columns;
  expect(buyers.map(({ generated, identity }) => generated ?? identity)).toEqual([
    'always',
    null,
    'stored',
    null,
  ]);
  expect(table('public.tickets').columns[0]).toMatchObject({ identity: 'by-default' });
});

test('reads keys, also partial, deferrable and of expressions', () => {
  expect(table('public.seats').keys).toMatchObject([
    { isPrimary: true, columns: ['hall', 'place'], predicate: null },
  ]);
  const order = table('public."order"').keys.find(({ name }) => name === 'one_glad_order');
  expect(order).toMatchObject({
    columns: ['group'],
    predicate: `("group" = 'glad'::mood)`,
    isPrimary: false,
  });
  const email = table('"Odd ""Shop"""."Käufer"').keys.find(({ name }) => name === 'one_email');
  expect(email).toMatchObject({ columns: [null], predicate: null });
  expect(table('public.ranks').keys).toMatchObject([{ isImmediate: false, columns: ['place'] }]);
});

test('reads what the server evaluates behind statements: checks, those of domains, policies, exclusions', () => {
  const of = (id: string) => table(id).expressions;
  expect(of('public.stock')).toEqual([{ of: 'check', text: 'CHECK ((units >= 0))', calls: [], reads: [] }]);
  expect(of('public."order"')).toMatchObject([{ of: 'check', text: 'CHECK ((VALUE >= (0)::numeric))' }]);
  expect(of('public.secrets')).toMatchObject([{ of: 'policy', calls: [], reads: [] }]);
  expect(of('public.quotas')).toEqual([
    { of: 'check', text: `CHECK ((VALUE ~~ '%-%'::text))`, calls: [], reads: [] },
    { of: 'check', text: 'CHECK ((price_of(sku) < 100))', calls: ['public.price_of'], reads: [] },
    {
      ...{ of: 'policy', text: expect.stringContaining('stock.units') as string, calls: ['public.price_of'] },
      reads: ['public.stock'],
    },
  ]);
  expect(table('public.slots')).toMatchObject({ exclusions: [{ columns: ['during'], isImmediate: true }] });
  expect(table('public.stock').exclusions).toEqual([]);
});

test('says where one row is found again', () => {
  expect(rowKey(table('public.seats'))).toEqual(['hall', 'place']);
  expect(rowKey(table('public.sales'))).toEqual(['day', 'sku']);
  // a unique column that may be null, an expression and a condition tell no rows apart
  expect(rowKey(table('public.ranks'))).toBeUndefined();
  expect(rowKey(table('public.log'))).toBeUndefined();
});

test('reads foreign keys with their actions', () => {
  const common = { isValidated: true, isDeferrable: false, isInitiallyDeferred: false };
  expect(table('public.bookings').foreignKeys).toEqual([
    {
      ...common,
      name: 'bookings_hall_place_fkey',
      columns: ['hall', 'place'],
      references: 'public.seats',
      referencedColumns: ['hall', 'place'],
      onDelete: 'cascade',
      onUpdate: 'no-action',
    },
  ]);
  expect(table('public.teams').foreignKeys).toMatchObject([
    { name: 'captain_plays', references: 'public.players' },
    { references: 'public.teams', onDelete: 'restrict' },
  ]);
  expect(table('public.eggs').foreignKeys).toMatchObject([{ isDeferrable: true, isInitiallyDeferred: true }]);
});

test('reads triggers of users and rules, with when they fire', () => {
  const triggers = table('public.stock').triggers.map(
    ({ name, timing, level, events, firing, isConstraint }) => [
      name,
      timing,
      level,
      events.join(' '),
      firing,
      isConstraint,
    ],
  );
  expect(triggers).toEqual([
    ['noted', 'after', 'row', 'insert update delete', 'origin', false],
    ['noted_always', 'before', 'row', 'insert delete', 'always', false],
    ['noted_late', 'after', 'row', 'insert', 'origin', true],
    ['noted_never', 'after', 'row', 'insert', 'disabled', false],
    ['noted_replica', 'after', 'statement', 'insert', 'replica', false],
  ]);
  expect(table('public.sales_2025').triggers).toMatchObject([{ name: 'noted_sale', isInherited: true }]);
  expect(table('public.stock').triggers[0]?.function).toBe('public.note_movement');
  expect(table('public.quiet').rules).toMatchObject([
    { name: 'swallow', event: 'delete', isInstead: true, firing: 'origin' },
  ]);
  expect(table('public.loud').rules).toMatchObject([{ name: 'echo', event: 'insert', isInstead: false }]);
  expect(table('public.bookings').triggers).toEqual([]);
});

test('says what views read, also through others', () => {
  expect(catalogue.views.map(({ id, isMaterialized, reads }) => [id, isMaterialized, reads])).toEqual([
    ['public.cheap', false, ['public."order"']],
    ['public.empty', true, []],
    ['public.nested', false, ['public.cheap', 'public.totals']],
    ['public.totals', true, ['public.stock']],
  ]);
});

test('lists functions and sequences, and what belongs to an extension', () => {
  const own = catalogue.functions.filter(({ extension }) => extension === null);
  expect(own).toMatchObject([
    { id: 'public.note_movement', volatility: 'volatile', language: 'plpgsql', kind: 'function' },
    { id: 'public.price_of', arguments: 'sku text', volatility: 'stable', language: 'sql' },
  ]);
  expect(catalogue.functions.find(({ extension }) => extension === 'btree_gist')).toBeDefined();
  const sequences = new Map(catalogue.sequences.map((sequence) => [sequence.id, sequence]));
  expect(sequences.get('public.order_select_seq')).toMatchObject({
    ownedBy: { table: 'public."order"', column: 'select' },
  });
  expect(sequences.get('public.tickets_id_seq')).toMatchObject({ ownedBy: { column: 'id' } });
  expect(sequences.get('public.stepping')).toMatchObject({ ownedBy: null, cache: 5 });
});

test('tells what restoring does not cover', () => {
  expect(catalogue.largeObjects).toBe(1);
  expect(notes).toEqual([
    expect.stringContaining(`${server.role} may not set session_replication_role`),
    '1 large objects are neither copied nor restored.',
    expect.stringContaining('public.far_away: foreign tables'),
    expect.stringContaining('public.empty: materialised views without rows'),
    expect.stringContaining('public.stepping: sequences of which each connection takes several numbers'),
  ]);
});
