import { formatMs } from '@/model/wording';
import { formatMsTick } from '~/ui/format';

/** A row of a distribution: a range of latency, ms. The last one may have no end. */
type RangeRow = Record<string, number | null>;

/** Labels below a distribution: as many as the narrowest chart has room for. */
const MOST_LABELS = 5;

/** Which of `count` ranges have their edge as a label. */
export function pickLabelled(count: number): number[] {
  const step = Math.max(1, Math.ceil(count / MOST_LABELS));
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
}

/** The lower edge, where space is short: `25 ms`. */
export function nameEdge(row: RangeRow | undefined): string {
  return row ? formatMsTick(row.from ?? 0) : '';
}

/** In full: `25.0 ms – 31.6 ms`. */
export function nameRange({ from, to }: RangeRow): string {
  return to === null || to === undefined
    ? `${formatMs(from ?? 0)} or more`
    : `${formatMs(from ?? 0)} – ${formatMs(to)}`;
}
