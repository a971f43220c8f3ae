import { sortedIndexes } from '@/lib/sorted-indexes';
import type { FinalState } from '@/model/final-state';
import type { History } from '@/model/history';
import { OUTCOMES } from '@/model/outcome';

/**
 * A lane's history the way Jepsen writes one, for checkers that know nothing of this project: EDN, one map a line for
 * each invocation and each completion, by rising time. docs/history-format.md has the model that goes with it.
 *
 * It opens with a read of the stock before the load and ends with one of the rows after it, so that lost units show as
 * a stock that no order of the purchases leads to. Of an attempt and another that meet in one microsecond, both are
 * invoked before either is completed: ties are overlap, as everywhere.
 */

/** Where the numbers of a lane begin, in a file of several. */
export interface JepsenStart {
  lane: number;
  index: number;
  process: number;
}

const COMPLETION = {
  accepted: ':ok',
  'sold-out': ':ok',
  conflict: ':fail',
  error: ':fail',
  indeterminate: ':info',
} as const;

const OPS_AT_ONCE = 1_024;

/**
 * The lane as text, in pieces of many lines, and in the end where the next lane may begin. Memory: 40 bytes an attempt.
 */
export function* writeJepsen(
  history: History,
  final: FinalState,
  start: JepsenStart,
): Generator<string, JepsenStart> {
  const writer = new OpWriter(start);
  const clerk = start.process;
  const { initialStock, finalStock } = final;
  const times = history.count > 0 ? spanOf(history) : { from: 0, to: 0 };
  const firstNs = Math.min(0, times.from);
  writer.read(clerk, firstNs, ':invoke', 'nil');
  writer.read(clerk, firstNs, ':ok', `{:stock ${initialStock} :ordered 0}`);
  for (const { attempt, ends, process } of inTime(history, clerk + 1)) {
    writer.purchase(history, attempt, ends, process);
    if (writer.held >= OPS_AT_ONCE) yield writer.take();
  }
  const lastNs = Math.max(0, times.to);
  const ordered = final.orders.quantity.reduce((sum, quantity) => sum + quantity, 0);
  writer.read(clerk, lastNs, ':invoke', 'nil');
  writer.read(clerk, lastNs, ':ok', `{:stock ${finalStock} :ordered ${ordered}}`);
  yield writer.take();
  return { ...start, index: writer.next, process: writer.processes };
}

interface Moment {
  attempt: number;
  ends: boolean;
  process: number;
}

/**
 * Invocations and completions by rising time. A process is the first free one: it has no other attempt in flight, and
 * none of its own ended without a response.
 */
function* inTime(history: History, firstProcess: number): Generator<Moment> {
  const ends = endsOf(history);
  const byCall = sortedIndexes(history.call);
  const byEnd = sortedIndexes(ends);
  const processOf = new Int32Array(history.count);
  const free: number[] = [];
  let processes = firstProcess;
  let called = 0;
  for (const ending of byEnd) {
    for (; called < byCall.length; called += 1) {
      const attempt = byCall[called] ?? 0;
      if ((history.call[attempt] ?? 0) > (ends[ending] ?? 0)) break;
      const process = free.pop() ?? processes++;
      processOf[attempt] = process;
      yield { attempt, ends: false, process };
    }
    const process = processOf[ending] ?? 0;
    yield { attempt: ending, ends: true, process };
    if (outcomeOf(history, ending) !== 'indeterminate') free.push(process);
  }
}

/** When each attempt was over. Never before its call, even in a history that says so: nothing completes uninvoked. */
function endsOf(history: History): Float64Array {
  return history.return.map((end, i) => Math.max(end, history.call[i] ?? end));
}

function spanOf(history: History): { from: number; to: number } {
  const from = history.call.reduce((first, call) => Math.min(first, call), Infinity);
  const to = endsOf(history).reduce((last, end) => Math.max(last, end), -Infinity);
  return { from, to };
}

class OpWriter {
  private lines: string[] = [];
  next: number;
  processes: number;

  constructor(private readonly start: JepsenStart) {
    this.next = start.index;
    this.processes = start.process + 1;
  }

  get held(): number {
    return this.lines.length;
  }

  take(): string {
    const text = this.lines.map((line) => `${line}\n`).join('');
    this.lines = [];
    return text;
  }

  read(process: number, us: number, type: string, value: string): void {
    this.add(us, process, `:type ${type} :f :read :value ${value}`);
  }

  purchase(history: History, i: number, ends: boolean, process: number): void {
    const outcome = outcomeOf(history, i);
    const type = ends ? COMPLETION[outcome] : ':invoke';
    const answer = type === ':ok' ? (outcome === 'accepted' ? ':sold' : ':sold-out') : 'nil';
    const us = (ends ? Math.max(history.return[i] ?? 0, history.call[i] ?? 0) : history.call[i]) ?? 0;
    const told = ends ? toldBy(history, i) : '';
    const value = `{:quantity ${history.quantity[i]} :answer ${answer}}`;
    this.add(us, process, `:type ${type} :f :buy :value ${value} :attempt ${history.n[i]}${told}`);
  }

  private add(us: number, process: number, rest: string): void {
    const ns = Math.round(us * 1_000) + 0;
    this.processes = Math.max(this.processes, process + 1);
    this.lines.push(`{:index ${this.next} :time ${ns} :process ${process} :lane ${this.start.lane} ${rest}}`);
    this.next += 1;
  }
}

/** What the completion of attempt i records beside its outcome. */
function toldBy(history: History, i: number): string {
  const outcome = outcomeOf(history, i);
  if (outcome !== 'accepted' && outcome !== 'sold-out') return ` :error :${outcome}`;
  const remaining = history.remaining[i] ?? Number.NaN;
  return Number.isNaN(remaining) ? '' : ` :remaining ${remaining}`;
}

function outcomeOf(history: History, i: number): (typeof OUTCOMES)[number] {
  const outcome = OUTCOMES[history.outcome[i] ?? -1];
  if (outcome === undefined) throw new Error(`attempt ${history.n[i]} has the outcome ${history.outcome[i]}`);
  return outcome;
}
