import { readSql } from '@/explorer/access/sql-shape';
import type { CheckMove, PatternMatch } from '@/model/app-check';

/** What one move does to tables. */
interface Deed {
  place: number;
  request: number;
  /** Where others can see what it has changed: where it is, or where its transaction commits. */
  seenAt: number;
  /** It counts or sums up rows. */
  isAggregate: boolean;
  reads: ReadonlySet<string>;
  updates: ReadonlySet<string>;
  inserts: ReadonlySet<string>;
}

/**
 * Finds how a schedule goes wrong, where it does in a known way: a request reads, another one changes what it has read, and the
 * first one writes all the same. A change counts from where it is committed. By the names of tables, so it is an explanation and no proof; the verdict does not depend on it.
 */
export function matchPattern(moves: readonly CheckMove[]): PatternMatch | null {
  const deeds = moves.map((move, place) => toDeed(move, place, moves));
  const all = deeds.flatMap((reader) =>
    [...reader.reads].flatMap((table) => matchesOf(reader, table, deeds)),
  );
  const rank = ({ pattern }: PatternMatch) => ORDER.indexOf(pattern);
  return all.sort((a, b) => rank(a) - rank(b))[0] ?? null;
}

/** What says most comes first. */
const ORDER: readonly PatternMatch['pattern'][] = [
  'lost-update',
  'duplicate-insert',
  'write-skew',
  'check-then-act',
];

function matchesOf(reader: Deed, table: string, deeds: readonly Deed[]): PatternMatch[] {
  const { request, place: reads } = reader;
  const isChange = ({ seenAt, request: other, updates, inserts }: Deed) =>
    seenAt > reads && other !== request && (updates.has(table) || inserts.has(table));
  const [change] = deeds.filter(isChange).sort((a, b) => a.seenAt - b.seenAt);
  if (!change) return [];
  const changed = change.seenAt;
  const isLater = ({ request: own, place, seenAt }: Deed) =>
    own === request && place > reads && seenAt > changed;
  return deeds.filter(isLater).flatMap((write): PatternMatch[] => {
    const pattern = patternOf({ reader, table, change, write, deeds });
    const writes = write.place > changed ? write.place : write.seenAt;
    return pattern ? [{ pattern, request, reads, changed, writes }] : [];
  });
}

interface Chain {
  reader: Deed;
  table: string;
  change: Deed;
  write: Deed;
  deeds: readonly Deed[];
}

function patternOf({ reader, table, change, write, deeds }: Chain): PatternMatch['pattern'] | null {
  if (write.updates.has(table)) return change.updates.has(table) ? 'lost-update' : 'check-then-act';
  // a limit that both keep to by counting is no matter of one row
  if (write.inserts.has(table) && change.inserts.has(table))
    return reader.isAggregate ? 'write-skew' : 'duplicate-insert';
  const written = [...write.updates, ...write.inserts];
  if (written.length === 0) return null;
  const isMutual = deeds.some(
    (deed) =>
      deed.request === change.request &&
      deed.place < write.seenAt &&
      written.some((one) => deed.reads.has(one)),
  );
  return isMutual ? 'write-skew' : 'check-then-act';
}

const AGGREGATES = new Set(['count', 'sum', 'max', 'min', 'avg']);

function toDeed({ sql, store, request }: CheckMove, place: number, moves: readonly CheckMove[]): Deed {
  const shapes = sql === undefined || store === 'redis' ? [] : readSql(sql);
  const tables = shapes.flatMap((shape) => shape.tables);
  const commit = moves.findIndex((move, i) => i > place && move.request === request && isCommit(move));
  const named = (...uses: string[]) =>
    new Set(
      tables
        .filter(({ use }) => uses.includes(use))
        .map(({ schema, name }) => (schema === undefined ? name : `${schema}.${name}`)),
    );
  return {
    place,
    request,
    seenAt: commit === -1 ? place : commit,
    isAggregate: shapes.some(({ functions }) => functions.some((name) => AGGREGATES.has(name))),
    reads: named('read'),
    updates: named('update', 'delete'),
    inserts: named('insert'),
  };
}

/** A commit of its own, or one that the app has sent. */
function isCommit({ event, sql = '' }: CheckMove): boolean {
  return event === 'commit' || /^\s*(commit|end)\b/i.test(sql);
}
