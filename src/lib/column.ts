export type IntColumn = Uint8Array | Uint16Array | Uint32Array | Int32Array;

/**
 * Entry i of a column; NaN, which is "not known" everywhere in a history, where the column has none. It takes only one
 * type of array, and `intAt` only a few: reading many types in one place is ten times as slow, because V8 stops
 * optimising it.
 */
export function at(column: Float64Array, i: number): number {
  return column[i] ?? Number.NaN;
}

/** The same for columns of whole numbers. */
export function intAt(column: IntColumn, i: number): number {
  return column[i] ?? Number.NaN;
}

/** A mask with 1 at every index for which `holds` is true. */
export function maskWhere(count: number, holds: (i: number) => boolean): Uint8Array {
  const mask = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) if (holds(i)) mask[i] = 1;
  return mask;
}

/** How many entries are 1. */
export function countMasked(mask: Uint8Array): number {
  let total = 0;
  for (let i = 0; i < mask.length; i += 1) if (mask[i] === 1) total += 1;
  return total;
}
