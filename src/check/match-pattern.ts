import { readSql } from '@/explorer/schedule/sql-shape';
import type { CheckMove, PatternMatch } from '@/model/app-check';

/** What one move does to tables. */
interface Deed {
  place: number;
  request: number;
  reads: ReadonlySet<string>;
  updates: ReadonlySet<string>;
  inserts: ReadonlySet<string>;
}

/**
 * Finds how a schedule goes wrong, where it does in a known way: a request reads, another one changes what it has read, and the
 * first one writes all the same. By the names of tables, so it is an explanation and no proof; the verdict does not depend on it.
 */
export function matchPattern(moves: readonly CheckMove[]): PatternMatch | null {
  const deeds = moves.map(toDeed);
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
  const isChange = ({ place, request: other, updates, inserts }: Deed) =>
    place > reads && other !== request && (updates.has(table) || inserts.has(table));
  const change = deeds.find(isChange);
  if (!change) return [];
  const writes = deeds.filter((deed) => deed.request === request && deed.place > change.place);
  const found = (write: Deed, pattern: PatternMatch['pattern']): PatternMatch => ({
    ...{ pattern, request, reads, changed: change.place, writes: write.place },
  });
  return writes.flatMap((write) => {
    if (write.updates.has(table))
      return change.updates.has(table) ? [found(write, 'lost-update')] : [found(write, 'check-then-act')];
    if (write.inserts.has(table) && change.inserts.has(table)) return [found(write, 'duplicate-insert')];
    const written = [...write.updates, ...write.inserts];
    if (written.length === 0) return [];
    const isMutual = deeds.some(
      (deed) =>
        deed.request === change.request &&
        deed.place < write.place &&
        written.some((one) => deed.reads.has(one)),
    );
    return [found(write, isMutual ? 'write-skew' : 'check-then-act')];
  });
}

function toDeed({ sql, request }: CheckMove, place: number): Deed {
  const tables = sql === undefined ? [] : readSql(sql).flatMap((shape) => shape.tables);
  const named = (...uses: string[]) =>
    new Set(
      tables
        .filter(({ use }) => uses.includes(use))
        .map(({ schema, name }) => (schema === undefined ? name : `${schema}.${name}`)),
    );
  return {
    place,
    request,
    reads: named('read'),
    updates: named('update', 'delete'),
    inserts: named('insert'),
  };
}
