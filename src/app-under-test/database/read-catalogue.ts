import type pg from 'pg';
import type {
  Catalogue,
  EventTriggerInfo,
  FunctionInfo,
  SequenceInfo,
  TableInfo,
  ViewInfo,
} from './catalogue';
import { SNAPSHOT_SCHEMA_PATTERN } from './snapshot-schema';

/** Reads everything once; some 30 ms for 90 tables. */
export async function readCatalogue(client: pg.Client): Promise<Catalogue> {
  const read = async <T>(sql: string): Promise<T[]> =>
    (await client.query<{ found: T }>(sql)).rows.map(({ found }) => found);
  const [counted] = await read<{ count: number }>(
    `select json_build_object('count', count(*)) as found from pg_largeobject_metadata`,
  );
  return {
    tables: await read<TableInfo>(TABLES),
    views: await read<ViewInfo>(VIEWS),
    functions: await read<FunctionInfo>(FUNCTIONS),
    sequences: await read<SequenceInfo>(SEQUENCES),
    eventTriggers: await read<EventTriggerInfo>(EVENT_TRIGGERS),
    largeObjects: counted?.count ?? 0,
  };
}

/** SQL for the id of the relation with this oid. */
const relationId = (oid: string): string =>
  `(select format('%I.%I', nspname, relname) from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where pg_class.oid = ${oid})`;

const functionId = (oid: string): string =>
  `(select format('%I.%I', nspname, proname) from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
    where pg_proc.oid = ${oid})`;

const extensionOf = (catalog: string, oid: string): string =>
  `(select extname from pg_depend join pg_extension on pg_extension.oid = refobjid
    where classid = '${catalog}'::regclass and objid = ${oid} and objsubid = 0 and deptype = 'e'
      and refclassid = 'pg_extension'::regclass)`;

/** A JSON array of what a query finds; an empty one when it finds nothing. */
const list = (sql: string): string =>
  `(select coalesce(json_agg(listed.item order by listed.place), '[]') from (${sql}) listed (item, place))`;

const columnNames = (numbers: string, table: string): string =>
  list(`select attname, place from unnest(${numbers}) with ordinality numbered (attnum, place)
    left join pg_attribute on attrelid = ${table} and pg_attribute.attnum = numbered.attnum
      and numbered.attnum <> 0`);

const firing = (column: string): string =>
  `case ${column} when 'O' then 'origin' when 'R' then 'replica' when 'A' then 'always' else 'disabled' end`;

const action = (column: string): string =>
  `case ${column} when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set-null'
    when 'd' then 'set-default' else 'no-action' end`;

/** Schemas of users, as `n`. */
const ofUsers = `n.nspname <> 'information_schema' and n.nspname !~ '^pg_' and n.nspname !~ '${SNAPSHOT_SCHEMA_PATTERN}'`;

const COLUMNS = `select json_build_object(
    'name', attname,
    'type', format_type(atttypid, atttypmod),
    'isNullable', not attnotnull,
    'isDeterministic', coalesce((select collisdeterministic from pg_collation where oid = attcollation), true),
    'default', case when attgenerated = '' then pg_get_expr(adbin, adrelid) end,
    'generated', case attgenerated when 's' then 'stored' when 'v' then 'virtual' end,
    'identity', case attidentity when 'a' then 'always' when 'd' then 'by-default' end
  ), attnum
  from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
  where attrelid = c.oid and attnum > 0 and not attisdropped`;

/** Indexes that keep two rows from being alike. */
const keys = (condition: string): string => `select json_build_object(
    'name', named.relname,
    'isPrimary', indisprimary,
    'isImmediate', indimmediate,
    'columns', ${columnNames('(indkey::int2[])[0:indnkeyatts - 1]', 'indrelid')},
    'predicate', pg_get_expr(indpred, indrelid),
    -- since PostgreSQL 15
    'nullsNotDistinct', coalesce((to_jsonb(pg_index) ->> 'indnullsnotdistinct')::boolean, false),
    'definition', pg_get_indexdef(indexrelid)
  ), named.relname
  from pg_index join pg_class named on named.oid = indexrelid
  where indrelid = c.oid and ${condition} and indisvalid`;

const FOREIGN_KEYS = `select json_build_object(
    'name', conname,
    'columns', ${columnNames('conkey', 'conrelid')},
    'references', ${relationId('confrelid')},
    'referencedColumns', ${columnNames('confkey', 'confrelid')},
    'onDelete', ${action('confdeltype')},
    'onUpdate', ${action('confupdtype')},
    'isDeferrable', condeferrable,
    'isInitiallyDeferred', condeferred,
    'isValidated', convalidated
  ), conname
  from pg_constraint where conrelid = c.oid and contype = 'f'`;

/** Objects of users that an object of this catalogue depends on, apart from the table `c` itself. */
const needs = (catalog: string, id: string, of: string, what: string): string =>
  list(`select ${what}, min(refobjid::bigint) from pg_depend
    where classid = '${catalog}'::regclass and objid = ${id} and refclassid = '${of}'::regclass and refobjid <> c.oid
    group by refobjid`);

const expression = (of: string, text: string, catalog: string, id: string): string => `json_build_object(
    'of', '${of}',
    'text', ${text},
    'calls', ${needs(catalog, id, 'pg_proc', functionId('refobjid'))},
    'reads', ${needs(catalog, id, 'pg_class', relationId('refobjid'))}
  )`;

/** Domains that columns of the table `c` are of, also those within them, and within arrays and composite types. */
const DOMAINS = `with recursive used (type) as (
    select atttypid from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
    union
    select part from used join pg_type on pg_type.oid = type
      left join pg_attribute on attrelid = nullif(typrelid, 0) and attnum > 0 and not attisdropped
      left join pg_range on rngtypid = type
      cross join lateral unnest(array[typbasetype, typelem, atttypid, rngsubtype]) part
    where part <> 0)
  select type from used`;

const EXPRESSIONS = `select ${expression('check', 'pg_get_constraintdef(pg_constraint.oid)', 'pg_constraint', 'pg_constraint.oid')},
    'check ' || conname
  from pg_constraint where contype = 'c' and (conrelid = c.oid or (contypid <> 0 and contypid in (${DOMAINS})))
  union all
  select ${expression('policy', `concat_ws(' ', pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))`, 'pg_policy', 'pg_policy.oid')},
    'policy ' || polname
  from pg_policy where polrelid = c.oid and c.relrowsecurity`;

/** Before PostgreSQL 15, a trigger that a partition has from its table counted as internal. */
const TRIGGERS = `select json_build_object(
    'name', tgname,
    'timing', case when tgtype & 2 <> 0 then 'before' when tgtype & 64 <> 0 then 'instead-of' else 'after' end,
    'level', case when tgtype & 1 <> 0 then 'row' else 'statement' end,
    'events', array_remove(array[
      case when tgtype & 4 <> 0 then 'insert' end, case when tgtype & 16 <> 0 then 'update' end,
      case when tgtype & 8 <> 0 then 'delete' end, case when tgtype & 32 <> 0 then 'truncate' end], null),
    'firing', ${firing('tgenabled')},
    'function', ${functionId('tgfoid')},
    'isConstraint', tgconstraint <> 0,
    'isInherited', tgparentid <> 0,
    'definition', pg_get_triggerdef(pg_trigger.oid)
  ), tgname
  from pg_trigger where tgrelid = c.oid and (not tgisinternal or (tgparentid <> 0 and tgconstraint = 0))`;

const RULES = `select json_build_object(
    'name', rulename,
    'event', case ev_type when '1' then 'select' when '2' then 'update' when '3' then 'insert' else 'delete' end,
    'isInstead', is_instead,
    'firing', ${firing('ev_enabled')},
    'definition', pg_get_ruledef(pg_rewrite.oid)
  ), rulename
  from pg_rewrite where ev_class = c.oid and rulename <> '_RETURN'`;

const TABLES = `select json_build_object(
    'id', format('%I.%I', n.nspname, c.relname),
    'oid', c.oid::bigint,
    'schema', n.nspname,
    'name', c.relname,
    'kind', case c.relkind when 'p' then 'partitioned' when 'f' then 'foreign' when 'm' then 'materialized-view'
      else 'table' end,
    'partitionOf', case when c.relispartition then ${relationId('pg_partition_root(c.oid)')} end,
    'inherits', ${list(`select ${relationId('inhparent')}, inhseqno from pg_inherits where inhrelid = c.oid`)},
    'isUnlogged', c.relpersistence = 'u',
    'isPopulated', c.relispopulated,
    -- before PostgreSQL 14, a table that was never analysed had 0 rows on 0 pages
    'estimatedRows', case when c.reltuples >= 0 and c.relpages > 0 then c.reltuples end,
    'extension', ${extensionOf('pg_class', 'c.oid')},
    'columns', ${list(COLUMNS)},
    'keys', ${list(keys('indisunique'))},
    'exclusions', ${list(keys('indisexclusion'))},
    'expressions', ${list(EXPRESSIONS)},
    'foreignKeys', ${list(FOREIGN_KEYS)},
    'triggers', ${list(TRIGGERS)},
    'rules', ${list(RULES)}
  ) as found
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f', 'm') and c.relpersistence <> 't' and ${ofUsers}
  order by n.nspname, c.relname`;

/** What a query reads is what its rule depends on. */
const dependsOn = (catalog: string, id: string): string => `select ${id}, min(refobjid::bigint)
  from pg_depend where classid = 'pg_rewrite'::regclass and refclassid = '${catalog}'::regclass
    and objid in (select oid from pg_rewrite where ev_class = c.oid) and refobjid <> c.oid
  group by refobjid`;

const VIEWS = `select json_build_object(
    'id', format('%I.%I', n.nspname, c.relname),
    'isMaterialized', c.relkind = 'm',
    'reads', ${list(dependsOn('pg_class', relationId('refobjid')))},
    'calls', ${list(dependsOn('pg_proc', functionId('refobjid')))},
    'definition', pg_get_viewdef(c.oid)
  ) as found
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('v', 'm') and c.relpersistence <> 't' and ${ofUsers}
  order by n.nspname, c.relname`;

const FUNCTIONS = `select json_build_object(
    'id', format('%I.%I', n.nspname, proname),
    'name', proname,
    'arguments', pg_get_function_identity_arguments(p.oid),
    'kind', case prokind when 'p' then 'procedure' when 'a' then 'aggregate' when 'w' then 'window'
      else 'function' end,
    'volatility', case greatest(
        -- the letters i, s and v are in the order of what they allow
        provolatile::text,
        (select max(inner_proc.provolatile::text) from pg_aggregate
          join pg_proc inner_proc on inner_proc.oid in (aggtransfn, aggfinalfn, aggmtransfn, aggmfinalfn)
          where aggfnoid = p.oid))
      when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
    'isImplicit', exists (select from pg_operator where oprcode = p.oid) or exists (select from pg_cast where castfunc = p.oid)
      or exists (select from pg_constraint join pg_depend on classid = 'pg_constraint'::regclass and objid = pg_constraint.oid
        where contypid <> 0 and refclassid = 'pg_proc'::regclass and refobjid = p.oid),
    'language', lanname,
    'isSecurityDefiner', prosecdef,
    'extension', ${extensionOf('pg_proc', 'p.oid')}
  ) as found
  from pg_proc p join pg_namespace n on n.oid = pronamespace join pg_language on pg_language.oid = prolang
  where ${ofUsers}
  order by n.nspname, proname, p.oid`;

const SEQUENCES = `select json_build_object(
    'id', format('%I.%I', n.nspname, c.relname),
    'oid', c.oid::bigint,
    'ownedBy', (select json_build_object('table', ${relationId('refobjid')}, 'column', attname)
      from pg_depend join pg_attribute on attrelid = refobjid and attnum = refobjsubid
      where classid = 'pg_class'::regclass and objid = c.oid and refclassid = 'pg_class'::regclass
        and deptype in ('a', 'i') and refobjsubid > 0),
    'cache', seqcache,
    'extension', ${extensionOf('pg_class', 'c.oid')}
  ) as found
  from pg_sequence join pg_class c on c.oid = seqrelid join pg_namespace n on n.oid = c.relnamespace
  where c.relpersistence <> 't' and ${ofUsers}
  order by n.nspname, c.relname`;

const EVENT_TRIGGERS = `select json_build_object(
    'name', evtname, 'event', evtevent, 'firing', ${firing('evtenabled')}
  ) as found
  from pg_event_trigger order by evtname`;
