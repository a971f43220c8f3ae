import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { nowUs } from '@/lib/clock';
import { DelayClock, SAMPLE_MS } from './event-loop';
import { measureEventLoop } from './event-loop';

/** A loop that runs for `calmMs` before each of the stalls and after the last. */
function delayOf(calmMs: number, stallsMs: number[]): number {
  let now = 0;
  const clock = new DelayClock(now);
  const tick = (ms: number) => clock.tick((now += ms * 1_000));
  const calm = () => Array.from({ length: calmMs / SAMPLE_MS }, () => tick(SAMPLE_MS));
  for (const stall of stallsMs) {
    calm();
    tick(SAMPLE_MS + stall);
  }
  calm();
  return clock.p99Ms;
}

test('a loop that is never late has no delay', () => {
  expect(delayOf(1_000, [])).toBe(0);
});

test('one long stall counts for all that was due within it', () => {
  // of 6 s the worst 60 ms are the beginning of the stall, from which 1,000 to 940 ms had to be waited
  expect(delayOf(2_500, [1_000])).toBeGreaterThan(935);
  expect(delayOf(2_500, [1_000])).toBeLessThan(960);
});

test('a stall that is shorter than a hundredth of the time does not make the 99th percentile', () => {
  expect(delayOf(50_000, [500])).toBe(0);
});

test('many short stalls count by their length', () => {
  const stalls = Array.from({ length: 20 }, () => 100);
  // 2 s of 4.1 s, of which each moment had up to 100 ms to wait
  expect(delayOf(100, stalls)).toBeGreaterThan(95);
  expect(delayOf(100, stalls)).toBeLessThan(101);
});

function block(ms: number): void {
  const end = nowUs() + ms * 1_000;
  while (nowUs() < end);
}

test.for(['in the middle of', 'at the end of'])(
  'a loop that is blocked %s a measurement was late',
  async (where) => {
    const end = measureEventLoop();
    await sleep(50);
    block(300);
    if (where === 'in the middle of') await sleep(50);
    const { cpu, delayP99Ms } = end();
    expect(delayP99Ms).toBeGreaterThan(250);
    expect(cpu).toBeGreaterThan(0);
  },
);
