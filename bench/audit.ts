// What an audit costs: whole histories of up to a million attempts, and its check of linearizability beside a search
// through the orders of the operations, which is what a checker for any object has to do.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sortedIndexes } from '@/lib/sorted-indexes';
import { audit } from '@/scenarios/inventory/audit/audit';
import { findFalseRefusals } from '@/scenarios/inventory/checks/stock/linearizability';
import { isLinearizable, type Operation } from './peers/linearizability-search';
import { correctCase, seeded, shuffledCase, violatedCase } from './support/audit-histories';
import { describeMachine, median, printTable } from './support/report';

const SIZES = [10_000, 100_000, 1_000_000];
const ROUNDS = 5;
const MIB = 2 ** 20;
const CHILD_FLAG = '--measure-one';
/** A search that has taken longer is not asked for larger histories, ms. */
const PATIENCE_MS = 2_000;

function time<T>(work: () => T): { ms: number; result: T } {
  const start = performance.now();
  const result = work();
  return { ms: performance.now() - start, result };
}

const CASES = { correct: correctCase, violated: violatedCase, 'violated, shuffled': shuffledCase };

type CaseName = keyof typeof CASES;

interface Measured {
  ms: number[];
  /** Peak of the process during the first audit less what it held before, the history itself among it. */
  bytes: number;
}

/** In a process of its own: memory that an earlier case has left behind would hide what this one takes. */
function measure(name: CaseName, count: number): Measured {
  const file = fileURLToPath(import.meta.url);
  const args = ['--import', 'tsx', file, CHILD_FLAG, name, String(count)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measured;
}

function measureHere(name: CaseName, count: number): Measured {
  const { history, final } = CASES[name](count);
  const before = process.memoryUsage.rss();
  const first = time(() => audit(history, final)).ms;
  const bytes = Math.max(0, process.resourceUsage().maxRSS * 1_024 - before);
  const ms = Array.from({ length: ROUNDS - 1 }, () => time(() => audit(history, final)).ms);
  return { ms: [first, ...ms], bytes };
}

function benchAudits(): void {
  const rows = SIZES.flatMap((count) =>
    (Object.keys(CASES) as CaseName[]).map((history) => {
      const { ms, bytes } = measure(history, count);
      const ns = (median(ms) * 1e6) / count;
      const times = { ms: median(ms), 'slowest ms': Math.max(...ms), 'MiB more': bytes / MIB };
      const rates = { 'ns an attempt': ns, 'ns / (n log2 n)': ns / Math.log2(count) };
      return { attempts: count, history, ...times, ...rates };
    }),
  );
  printTable(rows);
}

/** Operations of buyers of whom about so many are in flight at once; the last quarter comes too late. */
function operationsOf(count: number, buyers: number): { operations: Operation[]; stock: number } {
  const random = seeded(count * 31 + buyers);
  const stock = Math.floor(count * 0.75);
  const operations = Array.from({ length: count }, (_, i): Operation => {
    const kind = i < stock ? 'take' : 'refuse';
    return { kind, quantity: 1, call: i - random() * buyers, return: i + random() * buyers };
  });
  return { operations, stock };
}

function decideFast(operations: readonly Operation[], stock: number): boolean {
  const call = Float64Array.from(operations, (operation) => operation.call);
  const back = Float64Array.from(operations, (operation) => operation.return);
  const units = (kind: Operation['kind']) =>
    Int32Array.from(operations, (operation) => Number(operation.kind === kind));
  const refusals = findFalseRefusals({
    ...{
      call,
      return: back,
      taken: Float64Array.from(units('take')),
      open: units('maybe'),
      refused: units('refuse'),
    },
    ...{ stock, unownedUnits: 0, byCall: sortedIndexes(call), byReturn: sortedIndexes(back) },
  });
  const demand = operations.filter(({ kind }) => kind === 'take').length;
  return demand <= stock && refusals.length === 0;
}

function benchLinearizability(): void {
  const rows: Record<string, string | number>[] = [];
  for (const buyers of [4, 8, 16]) {
    let searchMs = 0;
    for (let count = 32; count <= 2_048; count *= 2) {
      const { operations, stock } = operationsOf(count, buyers);
      // one unit less than was sold: the search has to try every order to find that there is none
      const fast = time(() => decideFast(operations, stock - 1));
      const search = searchMs < PATIENCE_MS ? time(() => isLinearizable(operations, stock - 1)) : undefined;
      searchMs = search?.ms ?? searchMs;
      const found = search && (search.result === undefined ? 'gave up' : 'decided');
      rows.push({
        operations: count,
        'in flight': buyers,
        'this check, ms': fast.ms,
        'search, ms': search?.ms ?? 'not tried',
        'the search': found ?? '',
      });
    }
  }
  printTable(rows);
}

const [flag, name, count] = process.argv.slice(2);
if (flag === CHILD_FLAG) {
  console.log(JSON.stringify(measureHere(name as CaseName, Number(count))));
} else {
  console.log(`${describeMachine()}; medians of ${ROUNDS} rounds`);
  benchAudits();
  console.log('A history that is not linearizable by one unit, decided by both:');
  benchLinearizability();
}
