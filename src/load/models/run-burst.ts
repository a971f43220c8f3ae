import { setTimeout as sleep } from 'node:timers/promises';
import { LAST_BYTE_SETTLE_MS } from '@/plan/load-plan';
import type { AttemptRunner } from '../attempt-runner';
import type { Client } from '../client/client';

/**
 * Burst model: one turn of the event loop releases all clients, and the next release waits for all of them. Returns the
 * time from the first to the last send of the first release, µs; null when there was none.
 *
 * With `holdLastByte` each request is sent ahead except for its last byte, and the release sends only those bytes. The
 * target has already parsed the rest by then, so its purchases begin closer together. This is the last-byte
 * synchronisation known from testing web applications for races.
 */
export async function runBurst(runner: AttemptRunner, buyers: readonly Client[]): Promise<number | null> {
  const release = runner.load.holdLastByte ? releaseLastBytes : releaseAll;
  let spread: number | null = null;
  while (runner.hasNext) {
    const calls = await release(runner, buyers);
    spread ??= Math.max(...calls) - Math.min(...calls);
  }
  return spread;
}

function releaseAll(runner: AttemptRunner, buyers: readonly Client[]): Promise<number[]> {
  const released: Promise<number>[] = [];
  for (const buyer of buyers) if (runner.hasNext) released.push(runner.attempt(buyer, runner.takeNumber()));
  return Promise.all(released);
}

async function releaseLastBytes(runner: AttemptRunner, buyers: readonly Client[]): Promise<number[]> {
  const held: ReturnType<AttemptRunner['hold']>[] = [];
  for (const buyer of buyers) if (runner.hasNext) held.push(runner.hold(buyer, runner.takeNumber()));
  await Promise.all(held.map(({ written }) => written));
  await sleep(LAST_BYTE_SETTLE_MS);
  for (const { release } of held) release();
  return Promise.all(held.map(({ done }) => done));
}
