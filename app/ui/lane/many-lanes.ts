/** Most lanes that are shown side by side. More of them are small multiples, and text about them is folded. */
const MOST_IN_FULL = 6;

export function isCompactLayout(lanes: readonly unknown[]): boolean {
  return lanes.length > MOST_IN_FULL;
}

/** The grid of anything with a cell for each lane. */
export function laneGrid(lanes: readonly unknown[]): string {
  return isCompactLayout(lanes) ? 'lanes lanes-many' : 'lanes';
}
