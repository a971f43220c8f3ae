/** Entry i of a column; NaN, which is "not known" everywhere in a history, where the column has none. */
export function at(column: ArrayLike<number>, i: number): number {
  return column[i] ?? Number.NaN;
}
