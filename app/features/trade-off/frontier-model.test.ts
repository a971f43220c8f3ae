import { describe, expect, it } from 'vitest';
import type { LaneView, RaceView } from '@/model/race';
import { toFrontier } from './trade-off-model';

const calm = { limitedBy: null, reason: null };

function lane(
  strategy: string,
  status: 'ok' | 'violated' | 'inconclusive',
  perS: number,
  oversold = 0,
  change = {},
) {
  return {
    index: 0,
    strategy,
    strategyName: strategy,
    status: 'finished',
    verdict: { status },
    throughput: { acceptedPerS: perS, attemptsPerS: perS * 2 },
    oversold,
    lostUpdates: oversold,
    bottleneck: calm,
    ...change,
  } as unknown as LaneView;
}

const race = (lanes: LaneView[], order = 'sequential') => ({ lanes, plan: { order } as RaceView['plan'] });
const see = (lanes: LaneView[], order?: string) => toFrontier(race(lanes, order), 'acceptedPerS', 'oversold');

const slow = lane('slow', 'ok', 100);
const quick = lane('quick', 'ok', 300);

describe('toFrontier', () => {
  it('goes from the fastest that held over ever faster ones that broke', () => {
    const { line, claim } = see([
      slow,
      quick,
      lane('worse', 'violated', 250, 10),
      lane('bold', 'violated', 400, 20),
      lane('wild', 'violated', 390, 90),
      lane('wilder', 'violated', 600, 95),
    ]);
    expect(line.map(({ strategy }) => strategy)).toEqual(['quick', 'bold', 'wilder']);
    expect(claim).toBe(
      'quick was the fastest that held; wilder confirmed 100 % more sales per second and broke: its sales are no measure of its pace.',
    );
  });

  it('calls a lane that broke faster by what it answered, and never by what it should not have sold', () => {
    const lanes = race([slow, quick, lane('bold', 'violated', 600, 20)]);
    expect(toFrontier(lanes, 'attemptsPerS', 'oversold').claim).toBe(
      'quick was the fastest that held; bold was 100 % faster and broke.',
    );
    expect(toFrontier(lanes, 'acceptedPerS', 'oversold').claim).not.toContain('faster and broke');
  });

  it('says so when safety cost nothing, and when nothing was proven to hold', () => {
    expect(see([slow, quick, lane('bad', 'violated', 250, 9)]).claim).toBe(
      'quick was the fastest that held, and nothing that broke was faster: safety cost nothing here.',
    );
    const unknown = see([lane('a', 'inconclusive', 900), lane('b', 'violated', 250, 9)]);
    expect([unknown.line, unknown.claim]).toEqual([
      [],
      'No lane was proven to hold, so that there is no safe throughput to compare with.',
    ]);
  });

  const held = {
    bottleneck: { limitedBy: 'server', reason: 'The server process was at work 97 % of the time.' },
  };

  it('leaves lanes out whose pace generator or server set, and compares the others', () => {
    const lanes = [slow, quick, lane('bold', 'violated', 400, 20), lane('held', 'ok', 900, 0, held)];
    const { caveat, claim, line, points } = see(lanes);
    expect(line.map(({ strategy }) => strategy)).toEqual(['quick', 'bold']);
    expect(claim).toBe(
      'Of the other 3 lanes, quick was the fastest that held; bold confirmed 33 % more sales per second and broke: its sales are no measure of its pace.',
    );
    expect(caveat).toBe(
      'No claim about the throughput of the hollow ones. The server set the pace of 1 of 4 lanes. held: The server process was at work 97 % of the time.',
    );
    expect(points.map(({ pace }) => pace)).toEqual([null, null, null, 'server']);
  });

  it('claims nothing where too few lanes set their own pace', () => {
    const { caveat, claim, line, points } = see([
      slow,
      lane('a', 'ok', 300, 0, held),
      lane('b', 'ok', 9, 0, held),
    ]);
    expect(caveat).toContain('No claim about throughput. The server set the pace of 2 of 3 lanes.');
    expect([claim, line, points.length]).toEqual([null, [], 3]);
  });

  it('claims nothing where lanes shared the database, or nobody measured', () => {
    const shared = see([slow, quick], 'parallel');
    expect(shared.caveat).toContain('at the same time');
    expect([shared.claim, shared.line]).toEqual([null, []]);
    const old = see([slow, lane('old', 'ok', 300, 0, { bottleneck: null })]);
    expect(old.caveat).toBe('No claim about throughput. What set the pace of 1 of 2 lanes was not measured.');
    expect(old.claim).toBeNull();
  });

  it('leaves out lanes that were not judged, and takes leaked stock for no lost update', () => {
    const leaked = lane('leaky', 'violated', 5, -3);
    const { points } = see([slow, leaked, lane('later', 'ok', 9, 0, { status: 'pending' })]);
    expect(points.map(({ strategy, harm }) => [strategy, harm])).toEqual([
      ['slow', 0],
      ['leaky', 0],
    ]);
  });
});
