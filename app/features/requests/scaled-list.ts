/** Height of a row of the log, px. */
export const ROW_HEIGHT = 28;
/** Browsers cannot lay out a taller element: Firefox stops near 17.9 million pixels, Chromium near 33.5. */
export const MOST_HEIGHT = 15_000_000;

/** A list seen through a box: how far it is scrolled and how tall the box is, px. */
export interface ListBox {
  scrollTop: number;
  viewport: number;
  count: number;
}

/** Height of the list in the page; beyond the most that browsers can lay out, scrolling is scaled. */
export function listHeight(count: number): number {
  return Math.min(count * ROW_HEIGHT, MOST_HEIGHT);
}

/** Position of the box in the list's own full height, px. */
export function listOffset({ scrollTop, viewport, count }: ListBox): number {
  return scrollTop * scaleOf(viewport, count);
}

/** The scroll position at which the list's own offset is `offset`. */
export function scrollTopAt(offset: number, { viewport, count }: Omit<ListBox, 'scrollTop'>): number {
  return Math.max(0, offset) / scaleOf(viewport, count);
}

/** Rows from `first` up to, not including, `end`, with some beyond either edge; row i is at `top + i * ROW_HEIGHT`. */
export function visibleRows(box: ListBox, beyond = 12): { first: number; end: number; top: number } {
  const offset = listOffset(box);
  const first = Math.max(0, Math.floor(offset / ROW_HEIGHT) - beyond);
  const end = Math.min(box.count, Math.ceil((offset + box.viewport) / ROW_HEIGHT) + beyond);
  return { first, end, top: box.scrollTop - offset };
}

/** The scroll position that shows row `index` with as little movement as possible. */
export function scrollTopToShow(index: number, box: ListBox): number {
  const [top, bottom] = [index * ROW_HEIGHT, (index + 1) * ROW_HEIGHT];
  const offset = listOffset(box);
  if (top < offset) return scrollTopAt(top, box);
  if (bottom > offset + box.viewport) return scrollTopAt(bottom - box.viewport, box);
  return box.scrollTop;
}

/** Pixels of the list for one of the scroll bar; 1 unless the list is too tall. */
function scaleOf(viewport: number, count: number): number {
  const [full, laidOut] = [count * ROW_HEIGHT, listHeight(count)];
  return full <= laidOut ? 1 : (full - viewport) / (laidOut - viewport);
}
