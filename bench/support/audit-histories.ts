import { sortedIndexes } from '@/lib/sorted-indexes';
import { emptyColumns } from '@/model/columns';
import type { FinalState } from '@/model/final-state';
import type { History } from '@/model/history';
import { OUTCOMES } from '@/model/outcome';

/** A history with the rows it left behind. */
export interface AuditCase {
  history: History;
  final: FinalState;
}

const ACCEPTED = OUTCOMES.indexOf('accepted');
const SOLD_OUT = OUTCOMES.indexOf('sold-out');

/** Attempts in flight at one time, by the time between decisions and how long an attempt reaches to either side. */
const BETWEEN_US = 10;
const REACH_US = 500;
const PREFIX = 'k7w2m9qd4x.0.';

/** A generator of numbers from 0 to 1 that is the same in each run (Marsaglia, Xorshift RNGs, 2003). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Everybody told what became of them, and all of it true; a hundredth came too late. */
export function correctCase(count: number): AuditCase {
  const random = seeded(count);
  const initialStock = Math.floor(count * 0.99);
  const history: History = { attemptPrefix: PREFIX, ...emptyColumns(count) };
  for (let i = 0; i < count; i += 1) {
    const left = Math.max(0, initialStock - i);
    fillTimes(history, i, i, random);
    history.outcome[i] = left > 0 ? ACCEPTED : SOLD_OUT;
    history.seenStock[i] = left;
    history.seenVersion[i] = initialStock - left;
    history.remaining[i] = Math.max(0, left - 1);
    history.orderId[i] = left > 0 ? i + 1 : Number.NaN;
    history.token[i] = left > 0 ? i + 1 : Number.NaN;
  }
  return { history, final: { initialStock, finalStock: 0, orders: ordersOf(initialStock, (o) => o) } };
}

/** Everything broken at once: three sales a version, stale reads, locks that overlap. In the order of a log: by return. */
export function violatedCase(count: number): AuditCase {
  const random = seeded(count + 1);
  const returned = Float64Array.from(
    { length: count },
    (_, place) => place * BETWEEN_US + random() * REACH_US,
  );
  return violatedIn(sortedIndexes(returned), (o) => o, random);
}

/** The same, but neither attempts nor orders in any order at all: nothing that is looked up is near the last. */
export function shuffledCase(count: number): AuditCase {
  const random = seeded(count + 1);
  const orderOf = shuffled(count, random);
  return violatedIn(shuffled(count, random), (o) => orderOf[o] ?? 0, random);
}

function violatedIn(
  places: Uint32Array,
  attemptOf: (order: number) => number,
  random: () => number,
): AuditCase {
  const count = places.length;
  const initialStock = Math.floor(count / 4);
  const history: History = { attemptPrefix: PREFIX, ...emptyColumns(count) };
  for (let i = 0; i < count; i += 1) {
    const place = places[i] ?? 0;
    fillTimes(history, i, place, random);
    history.n[i] = place;
    history.outcome[i] = place % 50 === 0 ? SOLD_OUT : ACCEPTED;
    history.seenStock[i] = initialStock - Math.floor(place / 3);
    history.seenVersion[i] = Math.floor(place / 3);
    history.remaining[i] = initialStock - Math.floor(place / 3) - 1;
    history.orderId[i] = place;
    history.holdStart[i] = history.windowStart[i] ?? 0;
    history.holdEnd[i] = history.windowEnd[i] ?? 0;
    history.waitStart[i] = history.call[i] ?? 0;
    history.waitEnd[i] = history.windowStart[i] ?? 0;
    history.pendingStart[i] = history.windowEnd[i] ?? 0;
    history.pendingEnd[i] = history.return[i] ?? 0;
    history.token[i] = Math.floor(random() * count);
  }
  return { history, final: { initialStock, finalStock: -5, orders: ordersOf(count, attemptOf) } };
}

/** Whole microseconds, as the load generator records them. */
function fillTimes(history: History, i: number, place: number, random: () => number): void {
  const decided = place * BETWEEN_US;
  const within = (us: number) => Math.round(random() * us);
  history.n[i] = i;
  history.call[i] = decided - within(REACH_US);
  history.return[i] = decided + within(REACH_US);
  history.windowStart[i] = decided - within(BETWEEN_US);
  history.windowEnd[i] = decided + within(BETWEEN_US);
}

/** Made as columns at once: rows would be garbage, and count as the audit's memory. */
function ordersOf(count: number, attemptOf: (o: number) => number): FinalState['orders'] {
  const attempt = Float64Array.from({ length: count }, (_, o) => attemptOf(o));
  return {
    count,
    orderId: attempt.map((n) => n + 1),
    orderText: new Map(),
    attemptPrefix: PREFIX,
    attempt,
    attemptText: new Map(),
    quantity: new Int32Array(count).fill(1),
  };
}

/** Fisher and Yates. */
function shuffled(count: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}
