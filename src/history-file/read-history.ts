import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { z } from 'zod';
import { emptyColumns } from '@/model/columns';
import type { HistoryColumns, Steps } from '@/model/columns';
import { joinBatches } from '@/model/history';
import { OrderColumnsBuilder } from '@/model/order-columns';
import { attemptLine, readAttempt } from './attempt-line';
import { decodeLine, LineSplitter, toBytes } from './bytes';
import type { Source } from './bytes';
import { endLine, finalLine, headerLine, MAX_ROWS, MAX_TEXT, orderLine } from './format';
import type { HistoryHeader, LaneFile } from './format';
import { HistoryFileError } from './history-file-error';
import { checkFormat, kindOf, parseLine } from './parse-line';
import type { LineKind } from './parse-line';

export interface ReadOptions {
  /** Whether to keep the steps of attempts, which an audit does not need; some 12 bytes each. */
  keepSteps?: boolean;
}

/**
 * Reads a history file lane by lane. A lane is yielded only after its end has been read and its digest agrees. Memory:
 * one lane, some 115 bytes an attempt and 150 an order.
 *
 * @throws HistoryFileError with the line and what was expected there, for any invalid source; and what the source
 * throws
 */
export async function* readHistory(source: Source, options: ReadOptions = {}): AsyncGenerator<LaneFile> {
  const splitter = new LineSplitter();
  const reader = new HistoryReader(options);
  for await (const piece of toBytes(source)) {
    for (const line of splitter.push(piece)) {
      const lane = reader.take(line);
      if (lane) yield lane;
    }
  }
  const rest = splitter.rest();
  const last = rest && reader.take(rest);
  if (last) yield last;
  reader.end();
}

/** What may follow each kind of line; `start` for what comes before the first one. */
const FOLLOWING: Record<LineKind | 'start', LineKind[]> = {
  start: ['header'],
  header: ['attempt', 'order', 'final'],
  attempt: ['attempt', 'order', 'final'],
  order: ['order', 'final'],
  final: ['end'],
  end: ['header'],
};

const ROWS_AT_ONCE = 4_096;
const LF = new Uint8Array([0x0a]);

/** Takes a history file line by line. */
class HistoryReader {
  private line = 0;
  private last: LineKind | 'start' = 'start';
  private lane: LaneInReading | undefined;
  /** The part of the file that was read last, and how many it has. */
  private part: [number, number] = [0, 0];

  constructor(private readonly options: ReadOptions) {}

  /** The lane that this line ends, if it does. `bytes`: without the LF. @throws HistoryFileError */
  take(bytes: Uint8Array): LaneFile | undefined {
    this.line += 1;
    const value = parseLine(decodeLine(bytes, this.line), this.line);
    const kind = kindOf(value, this.line);
    if (!FOLLOWING[this.last].includes(kind))
      this.fail(`expected ${this.expected()}, found the ${kind} line.`);
    this.last = kind;
    if (kind === 'header') this.lane = this.begin(value);
    const lane = this.lane ?? this.fail('expected the header.');
    if (kind === 'end') return this.finish(lane, this.check(endLine, kind, value).end);
    lane.digest.update(bytes).update(LF);
    if (kind === 'attempt') this.addAttempt(lane, value);
    else if (kind === 'order') lane.addOrder(this.check(orderLine, kind, value));
    else if (kind === 'final') lane.final = this.check(finalLine, kind, value).final;
    if (lane.attempts > MAX_ROWS || lane.orders > MAX_ROWS)
      this.fail(`is more than the ${MAX_ROWS} rows that a lane may have.`);
    if (lane.orderRows.textLengths > MAX_TEXT)
      this.fail(`order and attempt ids that are not numbers come to more than ${MAX_TEXT} characters.`);
    return undefined;
  }

  /** Call it after the last line. @throws HistoryFileError unless that ended the last lane */
  end(): void {
    const [no, of] = this.part;
    this.line += 1;
    if (this.last !== 'end') {
      const what = this.line === 1 ? 'empty' : 'cut off';
      this.fail(`expected ${this.expected()}, but the file ends here: it is ${what}.`);
    }
    if (no !== of) this.fail(`expected lane ${no + 1} of ${of}, but the file ends here: it is cut off.`);
  }

  private begin(value: object): LaneInReading {
    checkFormat(value, this.line);
    const header = this.check(headerLine, 'header', value);
    const [no, of] = this.part;
    const wanted = no === of ? 1 : no + 1;
    if (header.part[0] !== wanted || (no !== of && header.part[1] !== of) || header.part[0] > header.part[1])
      this.fail(`expected lane ${wanted}${no === of ? '' : ` of ${of}`}, found ${header.part.join(' of ')}.`);
    this.part = header.part;
    return new LaneInReading(header, this.options);
  }

  private finish(lane: LaneInReading, end: z.infer<typeof endLine>['end']): LaneFile {
    for (const rows of ['attempts', 'orders'] as const) {
      if (end[rows] !== lane[rows])
        this.fail(`${end[rows]} ${rows} were written, but ${lane[rows]} are here.`);
    }
    const digest = bytesToHex(lane.digest.digest());
    if (end.sha256 !== undefined && end.sha256 !== digest)
      this.fail(`the lines above were changed: their SHA-256 is ${digest}, and not ${end.sha256}.`);
    this.lane = undefined;
    const file = lane.finish(end.sha256 !== undefined);
    const { orders } = file.final;
    const hasNumbers = orders.count === 0 || orders.orderText.size < orders.count;
    if (!hasNumbers && file.history.orderId.some((id) => !Number.isNaN(id)))
      this.fail('attempts tell order ids that are numbers, but no order has one.');
    return file;
  }

  private addAttempt(lane: LaneInReading, value: object): void {
    if (lane.addAttempt(value)) return;
    const { steps = [] } = this.check(attemptLine, 'attempt', value);
    const names = lane.header.stepNames.length;
    const unnamed = steps.find(([name]) => name >= names)?.[0];
    this.fail(`attempt.steps: step ${unnamed} is none of the header's ${names}.`);
  }

  private check<T extends z.ZodType>(schema: T, kind: LineKind, value: object): z.infer<T> {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const place = [kind, ...(issue?.path ?? [])].join('.');
    return this.fail(`${place}: ${issue?.message ?? 'is not valid.'}`);
  }

  private expected(): string {
    return `the ${FOLLOWING[this.last].join(' or ')} line`;
  }

  private fail(problem: string): never {
    throw new HistoryFileError(this.line, problem);
  }
}

class LaneInReading {
  readonly digest = sha256.create();
  final: z.infer<typeof finalLine>['final'] = { finalStock: Number.NaN };
  attempts = 0;
  private readonly batches: HistoryColumns[] = [];
  readonly orderRows = new OrderColumnsBuilder();
  private readonly steps: StepsBuilder | undefined;

  constructor(
    readonly header: HistoryHeader,
    { keepSteps = false }: ReadOptions,
  ) {
    if (keepSteps) this.steps = new StepsBuilder();
  }

  get orders(): number {
    return this.orderRows.count;
  }

  /** Adds an attempt; returns false when `attempt` is not one. */
  addAttempt(attempt: object): boolean {
    let batch = this.batches.at(-1);
    if (!batch || batch.count === ROWS_AT_ONCE) {
      batch = { ...emptyColumns(ROWS_AT_ONCE), count: 0 };
      this.batches.push(batch);
    }
    if (!readAttempt(attempt, this.header.stepNames, batch, batch.count)) return false;
    batch.count += 1;
    this.attempts += 1;
    this.steps?.add((attempt as { steps?: number[][] }).steps ?? []);
    return true;
  }

  addOrder({ order, attempt, quantity }: z.infer<typeof orderLine>): void {
    this.orderRows.add({ orderId: order, attemptId: attempt, quantity });
  }

  finish(sealed: boolean): LaneFile {
    const { header, final } = this;
    const orders = this.orderRows.finish();
    return {
      header,
      history: joinBatches(this.batches, header.attemptPrefix),
      final: { initialStock: header.initialStock, ...final, orders },
      ...(this.steps && { steps: this.steps.finish() }),
      sealed,
    };
  }
}

/** Builds the steps of attempts one attempt at a time, when their number is not known in advance. */
class StepsBuilder {
  private numbers = new Int32Array(4_096);
  private readonly offsets = [0];
  private filled = 0;

  add(steps: readonly (readonly number[])[]): void {
    const needed = this.filled + 3 * steps.length;
    if (needed > this.numbers.length) {
      const larger = new Int32Array(Math.max(needed, 2 * this.numbers.length));
      larger.set(this.numbers);
      this.numbers = larger;
    }
    for (const step of steps) {
      this.numbers.set(step, this.filled);
      this.filled += 3;
    }
    this.offsets.push(this.filled);
  }

  finish(): Steps {
    return {
      steps: this.numbers.slice(0, this.filled),
      stepOffset: Uint32Array.from(this.offsets),
    };
  }
}
