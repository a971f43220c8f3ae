import { expect, it } from 'vitest';
import { noOutcomes } from '@/model/outcome';
import type { RaceView } from '@/model/race';
import { measureProgress } from './race-progress';

const START = Date.parse('2026-01-01T00:00:00.000Z');

/** As much of a race as progress depends on: two lanes of 1,000 attempts. */
function race(done: [number, number], change: Partial<RaceView> = {}): RaceView {
  const lanes = done.map((attempts) => ({ counts: { ...noOutcomes(), attempts } }));
  const startedAt = new Date(START).toISOString();
  return {
    status: 'running',
    startedAt,
    finishedAt: null,
    plan: { attempts: 1000 },
    lanes,
    ...change,
  } as RaceView;
}

it('adds up the lanes and expects the rest to go as fast', () => {
  expect(measureProgress(race([1000, 0]), START + 4_000)).toEqual({
    done: 1000,
    total: 2000,
    share: 0.5,
    elapsedMs: 4_000,
    leftMs: 4_000,
  });
});

it('guesses nothing from too little, nor before the start', () => {
  expect(measureProgress(race([100, 0]), START + 500).leftMs).toBeNull();
  expect(measureProgress(race([0, 0], { status: 'queued', startedAt: null }), START)).toMatchObject({
    elapsedMs: null,
    leftMs: null,
  });
});

it('stops the clock when the race is over', () => {
  const finishedAt = new Date(START + 9_000).toISOString();
  const progress = measureProgress(race([1000, 1000], { status: 'finished', finishedAt }), START + 60_000);
  expect(progress).toMatchObject({ elapsedMs: 9_000, leftMs: null });
});

it('does not claim an elapsed time for an interrupted race whose end nobody saw', () => {
  expect(measureProgress(race([500, 0], { status: 'interrupted' }), START + 60_000).elapsedMs).toBeNull();
});

it('measures a plan of a duration by time, as nobody knows how many attempts it will make', () => {
  const lanes = [
    { counts: { ...noOutcomes(), attempts: 40 }, status: 'finished', durationMs: 9_000 },
    { counts: { ...noOutcomes(), attempts: 10 }, status: 'running', durationMs: 5_000 },
  ];
  const plan = { attempts: 1_000_000, durationS: 10 };
  const timed = race([0, 0], { lanes, plan } as unknown as Partial<RaceView>);
  expect(measureProgress(timed, START + 15_000)).toEqual({
    done: 50,
    total: null,
    share: 0.75,
    elapsedMs: 15_000,
    leftMs: 5_000,
  });
});
