import type { AttemptRunner } from '../attempt-runner';
import type { Client } from '../client/client';
import { arrivalTime, pauseTime } from './think-time';

/**
 * Closed model: some clients are at the door when the sale opens, the others arrive one after another, and each starts
 * its next purchase after the response to the last.
 */
export async function runClosed(runner: AttemptRunner, buyers: readonly Client[]): Promise<void> {
  const { seed, rampMs, crowd = 0, pauseMs } = runner.load;
  await Promise.all(
    buyers.map(async (buyer, i) => {
      const k = runner.numberAt(i);
      if (!(await runner.pause(k < crowd ? 0 : arrivalTime(seed, k, rampMs)))) return;
      for (let made = 0; runner.hasNext; made += 1) {
        await runner.attempt(buyer, runner.takeNumber());
        if (pauseMs > 0 && !(await runner.pause(pauseTime(seed, k, made, pauseMs)))) return;
      }
    }),
  );
}
