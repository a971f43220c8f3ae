import type { SentRedis, SentSql } from '../backends/in-process/actor';
import type { Shared } from '../search/backend';
import {
  ADVISORY,
  isKnown,
  isKnownFunction,
  REDIS_LOCAL,
  REDIS_READS,
  SEQUENCE,
  valueOf,
} from './sent-access';
import type { Names } from './sent-access';
import { readSql } from './sql-shape';
import type { SqlShape, TableUse } from './sql-shape';

const LONGEST = 80;

/**
 * What an attempt has touched that is not its schedule's own: rows, locks and keys that are found by the name of none of
 * its items or attempts. Other schedules touch it too.
 */
export function sharedBy(
  { sql, redis }: { sql: readonly SentSql[]; redis: readonly SentRedis[] },
  names: Names,
): Shared[] {
  const own = [...names.skus, ...names.attemptIds];
  return [
    ...sql.flatMap((sent) => sharedBySql(sent, names)),
    ...redis.flatMap((sent) => sharedByRedis(sent, own)),
  ];
}

function sharedBySql(sent: SentSql, names: Names): Shared[] {
  const { text, values } = sent;
  const own = [...names.skus, ...names.attemptIds];
  const remains = readSql(text).flatMap((shape): Remains[] => {
    if (shape.kind === 'other') return [shape.isLock ? 'no' : 'maybe'];
    if (shape.kind !== 'statement') return [];
    return [
      ...remainsOfCalls(shape, values, own),
      ...shape.tables.map((use) => remainsOfUse(use, sent, names)),
    ];
  });
  const worst = (['yes', 'maybe', 'no'] as const).find((one) => remains.includes(one));
  if (worst === 'yes' && !hasChanged(sent)) return [{ what: shorten(text), remains: 'no' }];
  return worst ? [{ what: shorten(text), remains: worst }] : [];
}

/** Whether a statement that changes rows has changed any, or may have. */
function hasChanged({ text, answer }: SentSql): boolean {
  // a later move has the answer, and without one nothing is committed
  if (answer === undefined || answer instanceof Error) return false;
  return answer.rowCount !== 0 || !/^\s*(insert|update|delete)\b/i.test(text);
}

type Remains = Shared['remains'] | 'own';

function remainsOfCalls(
  { functions, advisoryKeys }: SqlShape,
  values: readonly unknown[],
  own: readonly string[],
): Remains[] {
  const ofLocks = advisoryKeys.map(({ parameters, constants, readsRows }): Remains => {
    const isNamed = [...parameters.map((number) => values[number - 1]), ...constants].some((v) =>
      isOwn(v, own),
    );
    return isNamed || (readsRows && values.some((value) => isOwn(value, own))) ? 'own' : 'no';
  });
  const ofOthers = functions.map((name): Remains => {
    if (ADVISORY.test(name)) return 'own';
    // what is drawn only grows, as the ids of all orders do
    if (SEQUENCE.test(name)) return name === 'setval' ? 'maybe' : 'own';
    return isKnownFunction(name) ? 'own' : 'maybe';
  });
  return [...ofLocks, ...ofOthers];
}

/** Columns that tell one row, or the rows of one item or attempt. */
const TELLING = ['sku', 'attempt_id', 'id'];

function remainsOfUse(use: TableUse, { text, values }: SentSql, { skus, attemptIds }: Names): Remains {
  if (!isKnown(use)) return 'maybe';
  const isNamed = (own: readonly string[]) => isOwn(text, own) || values.some((value) => isOwn(value, own));
  if (use.use === 'insert') return remainsOfRow(use, values, { skus, attemptIds }, isNamed(skus));
  const own = [...skus, ...attemptIds];
  const isChange = use.use === 'update' || use.use === 'delete';
  // a row that is given another sku is found under that
  const staysIn = use.use !== 'update' || !use.sets || !use.sets.includes('sku');
  const isFixed = [...use.equals.values()].some((operand) => isOwn(valueOf(operand, values), own));
  const isTied = TELLING.some((column) => use.ties.has(column)) && isNamed(isChange ? skus : own);
  if (staysIn && (isFixed || isTied)) return 'own';
  return isChange ? 'yes' : 'no';
}

/** What the row is that an INSERT adds. It is deleted with the schedule if it has one of its skus or attempt ids. */
function remainsOfRow(
  { equals }: TableUse,
  values: readonly unknown[],
  { skus, attemptIds }: Names,
  namesSku: boolean,
): Remains {
  const [sku, attemptId] = [equals.get('sku'), equals.get('attempt_id')];
  if (sku ? isOwn(valueOf(sku, values), skus) : namesSku) return 'own';
  // other schedules may find it until then
  return attemptIds.includes(String(valueOf(attemptId, values))) ? 'no' : 'yes';
}

function sharedByRedis({ command, args, keys }: SentRedis, own: readonly string[]): Shared[] {
  const name = command.toLowerCase();
  // what is only ever read tells no schedule of another
  if (REDIS_LOCAL.has(name) || REDIS_READS.has(name)) return [];
  if (!keys) return [{ what: shorten([command, ...args].join(' ')), remains: 'maybe' }];
  return keys.filter((key) => !isOwn(key, own)).map((key) => ({ what: key, remains: 'no' }));
}

/** Whether a value, or one in a list, names an item or an attempt of the schedule. */
function isOwn(value: unknown, own: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((one) => isOwn(one, own));
  return typeof value === 'string' && own.some((name) => value.includes(name));
}

/** The keys that belong to no item or attempt of the schedule. */
export function foreignKeys(keys: readonly string[], names: Names): string[] {
  const own = [...names.skus, ...names.attemptIds];
  return keys.filter((key) => !isOwn(key, own));
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
