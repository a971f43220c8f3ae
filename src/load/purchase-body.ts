import type { LaneLoad } from './lane-load';
import { toAscii } from './client/target';
import { thinkTime } from './models/think-time';

/**
 * Writes the bodies of a load's attempts, ASCII, by their numbers. What all begin with, up to the number within the
 * attempt's id, is written once: it took a tenth of the generator's time to write each body anew.
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

/** A door that waits for somebody who does not come opens after this time, ms. */
const LONGEST_WAIT_MS = 2_000;

/**
 * What attempt n of the crowd says of the door: how many of them come to its server process, and how long it may be kept
 * there, which is not so long that it would time out.
 */
function doorOf(n: number, crowd: number, { urls, timeoutMs }: Pick<LaneLoad, 'urls' | 'timeoutMs'>): string {
  const processes = Math.max(1, urls.length);
  const buyers = Math.ceil((crowd - (n % processes)) / processes);
  if (buyers < 2) return '';
  return `,"crowd":${JSON.stringify({ buyers, waitMs: Math.min(LONGEST_WAIT_MS, timeoutMs >> 1) })}`;
}
