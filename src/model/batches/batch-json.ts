import { allocateBatch, COLUMN_NAMES, initialOf, specOf } from '../columns';
import type { Batch, ColumnName, COLUMNS, ToldName } from '../columns';

type Table = typeof COLUMNS;

/** The type of a column's entries. */
type JsonEntry<N extends ColumnName> = Table[N] extends { unit: 'id' }
  ? string | null
  : Table[N] extends { isNullable: true }
    ? number | null
    : number;

/** Columns that exist in one load model only. */
type ModelName = { [N in ColumnName]: Table[N] extends { model: string } ? N : never }[ColumnName];

type ColumnsInJson = {
  [N in Exclude<ColumnName, ModelName> as ToldName<N>]: JsonEntry<N>[];
} & { [N in ModelName]?: number[] };

/** A batch as `GET /api/races/:id/events` returns it. */
export interface BatchJson extends ColumnsInJson {
  raceId: string;
  lane: number;
  seq: number;
  count: number;
  stepNames: readonly string[];
  /** Per attempt: [index into stepNames, start in µs after call, duration in µs, …], flat. */
  steps: number[][];
}

/** A batch as JSON: null where nothing is known, and no column of another load model. */
export function toJson({ raceId, lane }: { raceId: string; lane: number }, batch: Batch): BatchJson {
  const { seq, count, stepNames, stepOffset } = batch;
  const columns = COLUMN_NAMES.flatMap((name) => {
    const { isNullable, model, spanName, unit } = specOf(name);
    if (model && batch[name].every(Number.isNaN)) return [];
    const known = (value: number) => (unit === 'id' ? String(value) : value);
    const entries = Array.from(batch[name], (value, i) => {
      if (spanName) return value - (batch.call[i] ?? 0);
      return isNullable && Number.isNaN(value) ? null : known(value);
    });
    return [[spanName ?? name, entries] as const];
  });
  const steps = Array.from({ length: count }, (_, i) => [
    ...batch.steps.subarray(stepOffset[i] ?? 0, stepOffset[i + 1] ?? 0),
  ]);
  return {
    raceId,
    lane,
    seq,
    count,
    ...(Object.fromEntries(columns) as unknown as ColumnsInJson),
    stepNames,
    steps,
  };
}

/** The inverse of `toJson`. A missing column is unknown. */
export function fromJson(json: BatchJson): Batch {
  const { seq, count, stepNames } = json;
  const steps = json.steps.flat();
  const batch = allocateBatch(count, steps.length, stepNames);
  batch.seq = seq;
  for (const name of COLUMN_NAMES) {
    const spec = specOf(name);
    const entries = (json as unknown as Record<string, (number | string | null)[] | undefined>)[
      spec.spanName ?? name
    ];
    const initial = initialOf(spec);
    for (let i = 0; i < count; i += 1) {
      const entry = entries?.[i] ?? null;
      const value = entry === null ? initial : Number(entry);
      batch[name][i] = spec.spanName ? value + (batch.call[i] ?? 0) : value;
    }
  }
  batch.steps.set(steps);
  for (let i = 0; i < count; i += 1)
    batch.stepOffset[i + 1] = (batch.stepOffset[i] ?? 0) + (json.steps[i]?.length ?? 0);
  return batch;
}
