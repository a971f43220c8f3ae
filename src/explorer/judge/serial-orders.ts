import type { AppAnswer } from '@/app-under-test/send-request';
import type { AppOutcome, ComparableOutcome } from './outcome-masks';
import { OutcomeMasks } from './outcome-masks';

/**
 * How an outcome relates to the serial orders.
 * `right`: some order of some of the requests explains it, and the others were refused.
 * `not-serial`: no order of any of the requests leaves these rows.
 * `lost`: a request was accepted, with an answer that goes with an effect, and left nothing behind.
 * `wrong-answer`: the rows are those of an order, but a request that it served was answered as in none.
 * `unclear`: a request left nothing behind and had an answer of status 2xx that no serial order gave: it may be a refusal.
 */
export type Comparison =
  | { kind: 'right'; order: readonly number[] }
  | { kind: 'not-serial' }
  | { kind: 'lost' | 'wrong-answer' | 'unclear'; request: number };

/** A run of some of the requests, one after the other. */
interface SerialRun {
  order: readonly number[];
  outcome: ComparableOutcome;
}

/**
 * The right outcomes of requests that run at once: those of every serial order of every subset of them. A request that is refused
 * may leave nothing behind, so an outcome is right when some order of the requests that were served explains it
 * (serializability; Papadimitriou, The serializability of concurrent database updates, 1979, with aborts).
 */
export class SerialOrders {
  readonly masks = new OutcomeMasks();
  private readonly raw: { order: readonly number[]; runs: readonly [AppOutcome, AppOutcome] }[] = [];
  private compared: { runs: SerialRun[]; idle: Set<string>; effective: Set<string> } | undefined;

  /** @param isAccepted whether an answer means that the request was served */
  constructor(private readonly isAccepted: (answer: AppAnswer) => boolean) {}

  /** Adds an order that was run twice from the start state. The empty order, with no rows, is always known. */
  add(order: readonly number[], first: AppOutcome, second: AppOutcome): void {
    this.masks.learn(first, second);
    this.raw.push({ order, runs: [first, second] });
    this.compared = undefined;
  }

  /** Whether two runs of the same order came to the same, masks apart. When not, nothing can be compared. */
  isRepeatable(): boolean {
    return this.raw.every(({ runs: [first, second] }) => {
      const [one, other] = [this.masks.toComparable(first), this.masks.toComparable(second)];
      return one.rows === other.rows && one.answers.join('\n') === other.answers.join('\n');
    });
  }

  /** Whether an order came to what it came to when it was learned. */
  isAsLearned(order: readonly number[], outcome: AppOutcome): boolean {
    const known = this.raw.find((one) => one.order.join() === order.join());
    if (!known) return false;
    const [then, now] = [this.masks.toComparable(known.runs[0]), this.masks.toComparable(outcome)];
    return then.rows === now.rows && then.answers.join('\n') === now.answers.join('\n');
  }

  /** Requests that are accepted in some order. */
  accepted(): Set<number> {
    const found = new Set<number>();
    for (const { order, runs } of this.raw)
      for (const request of order) {
        const answer = runs[0].answers[request];
        if (answer && this.isAccepted(answer)) found.add(request);
      }
    return found;
  }

  compare(outcome: AppOutcome): Comparison {
    const { runs, idle, effective } = (this.compared ??= this.prepare());
    const { answers, rows } = this.masks.toComparable(outcome);
    const alike = runs.filter((run) => run.outcome.rows === rows);
    if (alike.length === 0) return { kind: 'not-serial' };
    const isServed = ({ order, outcome: serial }: SerialRun, request: number) =>
      order.includes(request) && serial.answers[request] === answers[request];
    const isRefused = (request: number) => {
      const answer = outcome.answers[request];
      return !answer || !this.isAccepted(answer) || idle.has(`${request} ${answers[request]}`);
    };
    const unexplained = (run: SerialRun) =>
      answers.flatMap((_, request) => {
        const isRight = run.order.includes(request) ? isServed(run, request) : isRefused(request);
        return isRight ? [] : [request];
      });
    const byFewest = alike
      .map((run) => ({ run, wrong: unexplained(run) }))
      // of a request that changes nothing where it comes last, it is the answer that is to be explained, and not the order
      .sort((a, b) => a.wrong.length - b.wrong.length || a.run.order.length - b.run.order.length);
    const [best] = byFewest;
    const request = best?.wrong[0];
    if (!best || request === undefined) return { kind: 'right', order: best?.run.order ?? [] };
    if (best.run.order.includes(request)) return { kind: 'wrong-answer', request };
    const isFamiliar = effective.has(`${request} ${answers[request]}`);
    return { kind: isFamiliar ? 'lost' : 'unclear', request };
  }

  private prepare(): { runs: SerialRun[]; idle: Set<string>; effective: Set<string> } {
    const nothing: SerialRun = { order: [], outcome: { answers: [], rows: '' } };
    const runs = [
      nothing,
      ...this.raw.map(({ order, runs: [first] }): SerialRun => ({
        order,
        outcome: this.masks.toComparable(first),
      })),
    ];
    const rowsOf = (order: readonly number[]) =>
      runs.find((run) => run.order.join() === order.join())?.outcome.rows;
    const idle = new Set<string>();
    const effective = new Set<string>();
    for (const { order, outcome } of runs) {
      const last = order.at(-1);
      if (last === undefined) continue;
      const key = `${last} ${outcome.answers[last]}`;
      // the last request of an order changed what its order left without it
      if (outcome.rows === rowsOf(order.slice(0, -1))) idle.add(key);
      else effective.add(key);
    }
    return { runs, idle, effective };
  }
}

/** Every order of every subset of `n` requests but the empty one, the shortest first. */
export function serialOrders(n: number): number[][] {
  const all: number[][] = [];
  const extend = (order: number[]): void => {
    for (let next = 0; next < n; next += 1) {
      if (order.includes(next)) continue;
      const longer = [...order, next];
      all.push(longer);
      extend(longer);
    }
  };
  extend([]);
  return all.sort((a, b) => a.length - b.length || a.join().localeCompare(b.join()));
}
