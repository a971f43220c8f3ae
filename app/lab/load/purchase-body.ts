import type { LaneLoad } from './lane-load';
import { toAscii } from './target';
import { thinkTime } from './think-time';

/**
 * Writes the bodies of a load's attempts, ASCII, by their numbers. What all begin with, up to the number within the
 * attempt's id, is written once: it took a tenth of the generator's time to write each body anew.
 */
export function bodiesOf(
  load: Pick<LaneLoad, 'sku' | 'quantity' | 'attemptPrefix' | 'seed' | 'thinkMs'>,
): (n: number) => string {
  const { sku, quantity, attemptPrefix: attemptId, seed, thinkMs } = load;
  const whole = toAscii(JSON.stringify({ sku, quantity, trace: true, attemptId }));
  const start = whole.slice(0, -'"}'.length);
  return (n) => `${start}${n}","thinkMs":${thinkTime(seed, n, thinkMs)}}`;
}
