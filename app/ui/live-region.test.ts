import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LiveRegion } from './live-region';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('speaks at most every 5 s, and says what is true by then', () => {
  const said: [number, string][] = [];
  const start = Date.now();
  let attempts = 0;
  const speaker = new LiveRegion(
    () => `${attempts} attempts`,
    (text) => said.push([Date.now() - start, text]),
  );
  for (; attempts < 48; attempts += 1) {
    speaker.news();
    vi.advanceTimersByTime(250);
  }
  // the last word follows when its time has come, and then there is silence
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual([
    [5_000, '19 attempts'],
    [10_000, '39 attempts'],
    [15_000, '48 attempts'],
  ]);
});

it('says at once what comes after a long silence', () => {
  const said: string[] = [];
  const speaker = new LiveRegion(
    () => 'over',
    (text) => said.push(text),
  );
  vi.advanceTimersByTime(20_000);
  speaker.news();
  vi.advanceTimersByTime(0);
  expect(said).toEqual(['over']);
});

it('says nothing after it is closed', () => {
  const said: string[] = [];
  const speaker = new LiveRegion(
    () => 'late',
    (text) => said.push(text),
  );
  speaker.news();
  speaker.close();
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual([]);
});
