import { describe, expect, it } from 'vitest';
import { noOutcomes } from '@/model/outcome';
import type { LaneStatus } from '@/model/lane-status';
import type { LaneView, RaceStatus, RaceView } from '@/model/race';
import { laneView } from '../../tests/fixtures/lanes/lane-view';
import { mergeRace } from './merge-race';

const NOTHING = { status: null, reason: null, lanes: new Map<number, LaneView>() };

function lane(status: LaneStatus, attempts: number): LaneView {
  return laneView({ status, counts: { ...noOutcomes(), attempts } });
}

function race(status: RaceStatus, only: LaneView): RaceView {
  return {
    id: 'r1',
    status,
    origin: 'dashboard',
    reason: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: null,
    finishedAt: null,
    plan: {
      strategies: ['read-then-write'],
      model: 'closed',
      stock: 100,
      attempts: 1000,
      quantity: 1,
      concurrency: 100,
      thinkMs: 10,
      timeoutMs: 10_000,
      order: 'sequential',
      processes: 1,
      target: 'http',
      seed: 1,
      control: false,
    },
    rampMs: 200,
    experiment: null,
    poolSize: 10,
    lanes: [only],
  };
}

describe('mergeRace', () => {
  it('shows the loaded race while the live channel is silent', () => {
    const loaded = race('running', lane('running', 10));
    expect(mergeRace(loaded, NOTHING)).toEqual(loaded);
  });

  it('takes status, reason and newer lanes from the live channel', () => {
    const live = {
      status: 'stopping',
      reason: 'stopped',
      lanes: new Map([[0, lane('draining', 50)]]),
    } as const;
    const merged = mergeRace(race('running', lane('running', 10)), live);
    expect([merged.status, merged.reason]).toEqual(['stopping', 'stopped']);
    expect(merged.lanes[0]?.counts.attempts).toBe(50);
  });

  it('keeps the loaded lane when a late snapshot lags behind it', () => {
    const loaded = race('running', lane('finished', 1000));
    const live = { ...NOTHING, lanes: new Map([[0, lane('running', 900)]]) };
    expect(mergeRace(loaded, live).lanes[0]?.status).toBe('finished');
  });

  it('lets a lane that has been prepared wait for its turn', () => {
    const loaded = race('preparing', lane('warming', 0));
    const live = { ...NOTHING, lanes: new Map([[0, lane('ready', 0)]]) };
    expect(mergeRace(loaded, live).lanes[0]?.status).toBe('ready');
  });

  it('goes by attempts between snapshots of the same lane status', () => {
    const loaded = race('running', lane('running', 700));
    const attempts = (count: number) =>
      mergeRace(loaded, { ...NOTHING, lanes: new Map([[0, lane('running', count)]]) }).lanes[0]?.counts
        .attempts;
    expect([attempts(650), attempts(750)]).toEqual([700, 750]);
  });

  it('does not show a race as over before it knows how its lanes ended', () => {
    const live = { status: 'finished', reason: null, lanes: new Map<number, LaneView>() } as const;
    expect(mergeRace(race('queued', lane('pending', 0)), live).status).toBe('queued');
    const lanes = new Map([[0, lane('finished', 1000)]]);
    expect(mergeRace(race('queued', lane('pending', 0)), { ...live, lanes }).status).toBe('finished');
  });

  it('lets nothing overrule a stored race that is over', () => {
    const loaded = race('interrupted', lane('cancelled', 10));
    const live = { status: 'running', reason: null, lanes: new Map([[0, lane('finished', 999)]]) } as const;
    expect(mergeRace(loaded, live)).toBe(loaded);
  });
});
