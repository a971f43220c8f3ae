import type { LaneLoad } from './lane-load';
import { toAscii } from './client/purchase-address';
import { thinkTime } from './models/think-time';

/**
 * Writes the ASCII bodies of a load's attempts by their numbers. Their common start, up to the number within the
 * attempt's id, is written once: writing each body anew took a tenth of the generator's time.
 */
export function bodiesOf(
  load: Pick<
    LaneLoad,
    'sku' | 'quantity' | 'attemptPrefix' | 'seed' | 'thinkMs' | 'crowd' | 'urls' | 'timeoutMs'
  >,
): (n: number) => string {
  const { sku, quantity, attemptPrefix: attemptId, seed, thinkMs } = load;
  const whole = toAscii(JSON.stringify({ sku, quantity, trace: true, attemptId }));
  const start = whole.slice(0, -'"}'.length);
  const { crowd = 0 } = load;
  return (n) => {
    const door = n < crowd ? doorOf(n, crowd, load) : '';
    return `${start}${n}","thinkMs":${thinkTime(seed, n, thinkMs)}${door}}`;
  };
}

/** A door opens after this time, ms, even if an expected attempt does not arrive. */
const LONGEST_WAIT_MS = 2_000;

/**
 * What attempt n of the crowd says about the door: how many attempts come to its server process, and how long the door
 * may hold this one, short enough that it does not time out.
 */
function doorOf(n: number, crowd: number, { urls, timeoutMs }: Pick<LaneLoad, 'urls' | 'timeoutMs'>): string {
  const processes = Math.max(1, urls.length);
  const buyers = Math.ceil((crowd - (n % processes)) / processes);
  if (buyers < 2) return '';
  return `,"crowd":${JSON.stringify({ buyers, waitMs: Math.min(LONGEST_WAIT_MS, timeoutMs >> 1) })}`;
}
