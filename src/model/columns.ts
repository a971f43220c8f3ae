import type { LoadModel } from '@/plan/load-plan';

/** The arrays that columns are made of, by what one entry is. */
const ARRAYS = {
  float64: Float64Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
};
export type ArrayKind = keyof typeof ARRAYS;
export type ArrayOf<K extends ArrayKind> = {
  float64: Float64Array;
  uint32: Uint32Array;
  int32: Int32Array;
  uint16: Uint16Array;
  uint8: Uint8Array;
}[K];

/** The description of one column, from which everything that holds an attempt is made. */
export interface ColumnSpec {
  array: ArrayKind;
  /** `moment`: µs since the lane's start; `number`: the attempt's number; `id`: written as text outside the program. */
  unit: 'number' | 'moment' | 'outcome' | 'status' | 'count' | 'id';
  /** Whether a value may be unknown, which is NaN. Other columns hold `initial`, or 0, until they are filled. */
  isNullable?: true;
  initial?: number;
  /** The array in which a page keeps the column; only columns that have one are sent to pages. */
  live?: ArrayKind;
  /** The only load model that fills the column. Such a column holds what the plan intended, so it is no part of a history. */
  model?: LoadModel;
  /** Under this name, HTTP clients get `return` as a span since `call`. */
  spanName?: 'took';
}

const MOMENT = { array: 'float64', unit: 'moment', isNullable: true } as const;
const COUNT = { array: 'float64', unit: 'count', isNullable: true } as const;

/**
 * The columns of an attempt. A new one is a line here, and a value in `BatchBuilder.add` that may have to come all the way
 * from the strategy (docs/architecture.md, "Where to add what"): types, arrays, the stored form, the
 * live frame, the page's log, the line of a history file and the JSON of `GET /api/races/:id/events` follow; only
 * `AttemptRecord`, which shows one attempt, and what reads and shows it are written by hand. Moments are whole microseconds where a load records
 * them, on a clock that starts when the lane's load does.
 */
export const COLUMNS = {
  /** With the lane's prefix it makes the attempt's id. */
  n: { array: 'uint32', unit: 'number', live: 'uint32' },
  /** When the request was sent. */
  call: { ...MOMENT, isNullable: undefined, live: 'uint32' },
  /** When the outcome was known, or the client gave up. */
  return: { ...MOMENT, isNullable: undefined, live: 'uint32', spanName: 'took' },
  /** Index into `OUTCOMES`. */
  outcome: { array: 'uint8', unit: 'outcome', live: 'uint8' },
  /** HTTP status; 0 without a response. */
  status: { array: 'uint16', unit: 'status' },
  /** Tries that were discarded. A page stores at most 255. */
  retries: { array: 'uint16', unit: 'count', live: 'uint8' },
  quantity: { array: 'uint32', unit: 'count', initial: 1 },
  seenStock: COUNT,
  seenVersion: COUNT,
  /** Units left after this attempt, as the strategy told the buyer. */
  remaining: { ...COUNT, live: 'int32' },
  orderId: { ...COUNT, unit: 'id' },
  /** From the start of the first step that read stock to the end of the last that wrote it, as the server saw it. */
  windowStart: MOMENT,
  windowEnd: MOMENT,
  /** While the attempt certainly held a lock on the item: from the grant to the release. */
  holdStart: MOMENT,
  holdEnd: MOMENT,
  /** The step in which the attempt asked for a lock on the item, until the lock was granted or refused. */
  waitStart: MOMENT,
  waitEnd: MOMENT,
  /** While the attempt had certainly written the stock and not yet committed. */
  pendingStart: MOMENT,
  pendingEnd: MOMENT,
  /** The fencing token under which the attempt held its lock; a sale was accepted with it. */
  token: COUNT,
  /** When the load plan wanted the request sent, which may be before `call`. */
  due: { ...MOMENT, model: 'open' },
} as const satisfies Record<string, ColumnSpec>;

type Table = typeof COLUMNS;
export type ColumnName = keyof Table;
export type LiveName = {
  [N in ColumnName]: Table[N] extends { live: ArrayKind } ? N : never;
}[ColumnName];
export type HistoryName = {
  [N in ColumnName]: Table[N] extends { model: LoadModel } ? never : N;
}[ColumnName];
export type NullableName = {
  [N in ColumnName]: Table[N] extends { isNullable: true } ? N : never;
}[ColumnName];

/** The name of a column in JSON and files, where one is a span. */
export type ToldName<N extends ColumnName> = Table[N] extends { spanName: infer S extends string } ? S : N;

/** One array for each column. */
export type Columns<N extends ColumnName = ColumnName> = { [C in N]: ArrayOf<Table[C]['array']> };

/** What attempts did, as far as an audit needs it. Entries from `count` on are unused. */
export type HistoryColumns = Columns<HistoryName> & { count: number };

/** The part of a batch that is sent to a page. */
export type LiveBatch = Columns<LiveName> & { seq: number; count: number };

/** The steps of attempts, flat. */
export interface Steps {
  /** Three numbers per step: index into the step names, start after `call`, duration; µs. */
  steps: Int32Array;
  /** `steps` of attempt i are entries `stepOffset[i]` to `stepOffset[i + 1]`. */
  stepOffset: Uint32Array;
}

/** Attempts of one lane as they are recorded, stored and sent: in the order in which their outcomes became known. */
export interface Batch extends Columns, Steps {
  /** Index of the first attempt in the lane's log, which assigns it; the others follow. */
  seq: number;
  count: number;
  stepNames: readonly string[];
}

const specs: Record<ColumnName, ColumnSpec> = COLUMNS;
export const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];
export const HISTORY_NAMES = COLUMN_NAMES.filter((name) => !specs[name].model) as HistoryName[];
export const LIVE_NAMES = COLUMN_NAMES.filter((name) => specs[name].live) as LiveName[];

export function specOf(name: ColumnName): ColumnSpec {
  return specs[name];
}

/** What a column holds where nothing is known. */
export function initialOf({ isNullable, initial = 0 }: ColumnSpec): number {
  return isNullable ? Number.NaN : initial;
}

export function createArray<K extends ArrayKind>(kind: K, count: number): ArrayOf<K> {
  return new ARRAYS[kind](count) as ArrayOf<ArrayKind> as ArrayOf<K>;
}

/** Columns for `count` attempts without known values. */
export function emptyColumns(count: number): HistoryColumns {
  return {
    count,
    ...pickColumns(HISTORY_NAMES, (spec) => createArray(spec.array, count).fill(initialOf(spec))),
  };
}

/** A batch of `count` attempts without known values. */
export function emptyBatch(count: number): Batch {
  const batch = allocateBatch(count, 0);
  for (const name of COLUMN_NAMES) batch[name].fill(initialOf(specs[name]));
  return batch;
}

/** Largest entries first, so that in one block of memory every array is aligned to its entry size. */
const BY_SIZE = (['float64', 'uint32', 'int32', 'uint16', 'uint8'] as const).flatMap((kind) =>
  COLUMN_NAMES.filter((name) => specs[name].array === kind),
);
const BYTES_AN_ATTEMPT = BY_SIZE.reduce((sum, name) => sum + ARRAYS[specs[name].array].BYTES_PER_ELEMENT, 0);
/** Where the steps come among them. */
const FIRST_SMALL = BY_SIZE.findIndex((name) => ARRAYS[specs[name].array].BYTES_PER_ELEMENT < 4);

/** A batch of zeros, with room for this many step numbers, in one block of memory: a thread can transfer it whole. */
export function allocateBatch(count: number, stepNumbers: number, stepNames: readonly string[] = []): Batch {
  const buffer = new ArrayBuffer(BYTES_AN_ATTEMPT * count + 4 * (stepNumbers + count + 1));
  let at = 0;
  const take = (kind: ArrayKind, length: number) => {
    const array = new ARRAYS[kind](buffer, at, length);
    at += array.byteLength;
    return array;
  };
  const takeColumn = (spec: ColumnSpec) => take(spec.array, count);
  const large = pickColumns(BY_SIZE.slice(0, FIRST_SMALL), takeColumn);
  const steps = take('int32', stepNumbers) as Int32Array;
  const stepOffset = take('uint32', count + 1) as Uint32Array;
  const small = pickColumns(BY_SIZE.slice(FIRST_SMALL), takeColumn);
  return { seq: 0, count, ...large, ...small, steps, stepOffset, stepNames };
}

/** Attempts `from` up to `to` of a batch, without copying them. */
export function sliceBatch(batch: Batch, from: number, to = batch.count): Batch {
  if (from <= 0 && to >= batch.count) return batch;
  const columns = pickColumns(COLUMN_NAMES, (_, name) => batch[name].subarray(from, to));
  const { steps, stepNames } = batch;
  const stepOffset = batch.stepOffset.subarray(from, to + 1);
  return { seq: batch.seq + from, count: to - from, ...columns, steps, stepOffset, stepNames };
}

/** One array for each of the names. */
export function pickColumns<N extends ColumnName>(
  names: readonly N[],
  make: (spec: ColumnSpec, name: N) => ArrayOf<ArrayKind> | undefined,
): Columns<N> {
  return Object.fromEntries(names.map((name) => [name, make(specs[name], name)])) as unknown as Columns<N>;
}
