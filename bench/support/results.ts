import { names, PLAIN } from './contestants';
import { median } from './report';
import type { Sales } from './sales';

/** What every contestant sold at one number in flight, round by round. */
export interface Level {
  inFlight: number;
  poolSize: number;
  rounds: Map<string, Sales[]>;
}

/** Median of the ratios within each round, because a machine's speed drifts from one round to the next. */
export function ratio({ rounds }: Level, name: string, beside: string): number | undefined {
  const ours = rounds.get(name) ?? [];
  const theirs = rounds.get(beside) ?? [];
  if (ours.length === 0 || ours.length !== theirs.length) return undefined;
  return median(ours.map(({ perSecond }, round) => perSecond / (theirs[round]?.perSecond ?? Number.NaN)));
}

type Row = Record<string, string | number>;

/** One row a contestant, fastest first. */
export function toTable(level: Level): Row[] {
  const rows = [...level.rounds].map(([name, rounds]) => {
    const of = (pick: (sales: Sales) => number) => median(rounds.map(pick));
    return {
      strategy: name,
      'orders/s': Math.round(of(({ perSecond }) => perSecond)),
      'p50 ms': of(({ p50Ms }) => p50Ms),
      'p99 ms': of(({ p99Ms }) => p99Ms),
      'retries an order': of(({ retries, accepted }) => retries / Math.max(1, accepted)),
      conflicts: of(({ conflicts }) => conflicts),
      'beside pgbench': ratio(level, name, names.pgbench(name)) ?? '',
    };
  });
  return rows.toSorted((a, b) => b['orders/s'] - a['orders/s']);
}

interface Comparison {
  what: string;
  name: string;
  beside: string;
  goal?: number;
}

const COMPARISONS: Comparison[] = [
  {
    what: 'batched-writer / pgbench, guarded update with order insert',
    name: 'batched-writer',
    beside: names.pgbench(PLAIN),
    goal: 5,
  },
  {
    what: 'batched-writer / the same, with as many clients as its pool has connections',
    name: 'batched-writer',
    beside: names.pooled,
    goal: 5,
  },
  {
    what: 'conditional-update / node-postgres, same SQL',
    name: PLAIN,
    beside: names.nodePostgres(PLAIN),
    goal: 0.9,
  },
  {
    what: 'select-for-update / node-postgres, same transaction',
    name: 'select-for-update',
    beside: names.nodePostgres('select-for-update'),
  },
];

/** What was aimed at, and Prisma's part in it, at each number in flight. */
export function compare(levels: Level[]): Row[] {
  return COMPARISONS.flatMap(({ what, name, beside, goal }) =>
    levels.flatMap((level) => {
      const measured = ratio(level, name, beside);
      if (measured === undefined) return [];
      const met = goal === undefined ? '' : measured >= goal ? 'met' : 'missed';
      return [{ ratio: what, 'in flight': level.inFlight, measured, goal: goal ?? '', '': met }];
    }),
  );
}
