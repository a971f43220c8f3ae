import { describe, expect, it } from 'vitest';
import { noOutcomes, type Outcome, type OutcomeCounts } from '@/model/outcome';
import type { LaneSummary, LaneView } from '@/model/race';
import type { FindingKind, Liveness, Verdict } from '@/model/verdict';
import { auditLane, goodLane } from '../../tests/fixtures/lanes/history';
import { laneView } from '../../tests/fixtures/lanes/lane-view';
import { describeLane } from './verdict-words';

/** A safe lane that sold its 100 units to 1,000 buyers, with whatever a test wants to be different. */
function lane(change: Partial<LaneView> = {}): LaneSummary {
  return laneView({
    expected: 'safe',
    status: 'finished',
    counts: counted({ attempts: 1000, accepted: 100, soldOut: 900 }),
    stock: { initial: 100, final: 0 },
    orders: { count: 100, quantity: 100 },
    verdict: { status: 'ok', reason: 'Held.', findings: [] },
    liveness: served({}),
    ...change,
  });
}

function says(change: Partial<LaneView>): string {
  const { tone, word, figure, provisional } = describeLane(lane(change));
  return [tone, word, figure, provisional ? 'so far' : ''].filter(Boolean).join(' ');
}

const explains = (change: Partial<LaneView>): string => describeLane(lane(change)).reason;
const never = (count: number): Outcome[] => Array.from({ length: count }, () => 'indeterminate');
const counted = (some: Partial<OutcomeCounts>): OutcomeCounts => ({ ...noOutcomes(), ...some });

function served(some: Partial<Liveness>): Liveness {
  return {
    ...{ undersold: 0, turnedAway: 0, failedInStock: 0, demand: 1000, falseSoldOut: 0, conflicts: 0 },
    ...{ retriesPerSale: 0, worstAttempt: null, mostRetries: null },
    ...some,
  };
}

const violated = (kind: FindingKind, count: number): { verdict: Verdict } => ({
  verdict: {
    status: 'violated',
    reason: 'Broken.',
    findings: [{ kind, count, message: '', evidence: [], pieces: 0 }],
  },
});
const doubted = (reason: string): { verdict: Verdict } => ({
  verdict: { status: 'inconclusive', reason, findings: [] },
});
const drops = (some: Partial<{ crowded: number; ended: number; stopped: number }>) => ({
  crowded: 0,
  ended: 0,
  stopped: 0,
  ...some,
});
const unsent = (dropped: number): Pick<LaneView, 'sends'> => ({
  sends: { late: 0, dropped, drops: drops({ crowded: dropped - 1, ended: 1 }), lagMs: lane().latencyMs },
});

describe('what was violated', () => {
  it('is what was oversold before what was lost', () => {
    expect(says({ ...violated('oversold', 903), oversold: 903, lostUpdates: 950 })).toBe(
      'violated OVERSOLD +903',
    );
    expect(says({ ...violated('lost-update', 1200), lostUpdates: 1200 })).toBe('violated LOST UPDATES 1,200');
  });

  it('is what came from elsewhere before what was oversold because of it', () => {
    expect(says({ ...violated('stock-created', 7), oversold: 7 })).toBe('violated CREATED STOCK 7');
  });

  it('is named by the first finding otherwise', () => {
    expect(says(violated('negative-stock', 3))).toBe('violated NEGATIVE STOCK 3');
    expect(says(violated('lock-overlap', 2))).toBe('violated OVERLAPPING LOCKS 2');
  });

  it('is not what purchases that still run may explain', () => {
    const open = { lostUpdates: 1, lostUpdatesRange: { low: 0, high: 2 } };
    expect(says({ ...violated('phantom-order', 3), ...open })).toBe('violated PHANTOM ORDERS 3');
  });

  it('does not hide how little of the plan was sent or answered', () => {
    const counts = counted({ attempts: 1000, accepted: 100, soldOut: 100, indeterminate: 800 });
    expect(explains({ ...violated('oversold', 1), oversold: 1, counts, ...unsent(3000) })).toBe(
      'Broken. 3,000 of 4,000 purchases (75\u00a0%) were never sent, mostly because too many were waiting for a free ' +
        'connection. No answer came for 800 of 1,000 attempts.',
    );
  });
});

describe('EXACT', () => {
  it('is said of a safe lane that sold every unit and had to refuse more', () => {
    expect(says({})).toBe('ok EXACT');
    expect(explains({})).toBe('Held.');
  });

  it('is not said where buyers gave up in conflict while units were left', () => {
    const counts = counted({ attempts: 200, accepted: 19, soldOut: 1, conflict: 180 });
    const few = { counts, stock: { initial: 100, final: 81 }, orders: { count: 19, quantity: 19 } };
    expect(says({ ...few, liveness: served({ turnedAway: 180 }) })).toBe('caution TURNED AWAY 180');
  });

  it('is not said where attempts failed while units were left', () => {
    const few = { stock: { initial: 100, final: 81 }, orders: { count: 19, quantity: 19 } };
    expect(says({ ...few, liveness: served({ failedInStock: 7 }) })).toBe('caution FAILURES 7');
  });

  it('is not said where units are left although buyers were told sold out who could have had them', () => {
    const few = { stock: { initial: 100, final: 7 }, orders: { count: 93, quantity: 93 } };
    expect(says({ ...few, liveness: served({ undersold: 4 }) })).toBe('caution UNDERSOLD −7');
  });

  it('is not said where what is left was too little for those who asked', () => {
    const few = { stock: { initial: 100, final: 1 }, orders: { count: 33, quantity: 99 } };
    expect(says({ ...few, liveness: served({ demand: 3000 }) })).toBe('ok HELD');
  });

  it('is not said where demand did not exceed the stock', () => {
    const all = { stock: { initial: 100, final: 0 }, liveness: served({ demand: 100 }) };
    expect(says(all)).toBe('held HELD, UNTESTED');
    const few = { stock: { initial: 10_000, final: 9_551 }, orders: { count: 449, quantity: 449 } };
    expect(says({ ...few, liveness: served({ demand: 449 }) })).toBe('held HELD, UNTESTED');
    // who was refused matters more than what could not have been shown
    expect(says({ ...few, liveness: served({ demand: 500, turnedAway: 51 }) })).toBe(
      'caution TURNED AWAY 51',
    );
  });

  it('is not said where most of the plan was never sent', () => {
    const open = { counts: counted({ attempts: 1710, accepted: 100, soldOut: 1610 }) };
    expect(says({ ...open, ...unsent(7290) })).toBe('caution NOT SENT 81\u00a0%');
    expect(explains({ ...open, ...unsent(7290) })).toBe(
      '7,290 of 9,000 purchases (81\u00a0%) were never sent, mostly because too many were waiting for a free ' +
        'connection. Of what was sent: Held.',
    );
    expect(says({ ...open, ...unsent(1710) })).toBe('ok EXACT');
    expect(explains({ ...open, ...unsent(1710) })).toMatch(/^Held\. 1,710 of 3,420 purchases \(50\u00a0%\)/);
  });

  it('is not said where most answers never came', () => {
    const counts = counted({ attempts: 200, indeterminate: 200 });
    expect(says({ counts })).toBe('caution NOT ANSWERED 100\u00a0%');
    expect(explains({ counts })).toBe('Held.');
    const some = counted({ attempts: 200, accepted: 100, indeterminate: 100 });
    expect(says({ counts: some })).toBe('ok EXACT');
  });

  it('counts the answers that never came once, with what became of those attempts', () => {
    const explained = (recovered: boolean) => {
      const sketch = goodLane(3, ['accepted', 'accepted', 'accepted', ...never(4)]);
      if (recovered) sketch.attempts[2]!.outcome = 'indeterminate';
      const { verdict } = auditLane(sketch);
      const indeterminate = recovered ? 5 : 4;
      const counts = counted({ attempts: 7, accepted: 7 - indeterminate, indeterminate });
      expect(says({ counts, verdict })).toMatch(/^caution NOT ANSWERED/);
      return explains({ counts, verdict }).split('; ')[1];
    };
    expect(explained(true)).toBe(
      '7 read-to-write windows overlapped. No answer came for 5 of 7 attempts: ' +
        'by the orders table 1 of them sold, 4 did not.',
    );
    expect(explained(false)).toBe(
      '7 read-to-write windows overlapped. No answer came for 4 of 7 attempts: ' +
        'by the orders table none of them sold.',
    );
  });

  it('is said of no strategy that is unsafe or needs a condition', () => {
    expect(says({ expected: 'unsafe' })).toBe('held HELD THIS TIME');
    expect(explains({ expected: 'unsafe' })).toBe(
      'Held. It held this time; its strategy is unsafe all the same.',
    );
    const condition = 'one server process sells the item';
    expect(says({ expected: 'conditional', condition })).toBe('ok HELD HERE');
    expect(explains({ expected: 'conditional', condition })).toBe(
      'Held. It is safe only while one server process sells the item.',
    );
    expect(explains({ expected: 'conditional' })).toBe('Held. It is safe only on a condition.');
  });
});

describe('INCONCLUSIVE', () => {
  it('is said with the reason alone, which has what would help', () => {
    const one = { ...doubted('Nothing raced.'), overlap: { ...lane().overlap, raced: 0 } };
    expect(says(one)).toBe('inconclusive INCONCLUSIVE');
    expect(explains(one)).toBe('Nothing raced.');
    const counts = counted({ attempts: 200, indeterminate: 200 });
    const none = { ...doubted('None of 200 attempts.'), counts, orders: { count: 0, quantity: 0 } };
    expect(explains(none)).toBe('None of 200 attempts.');
  });

  it('leaves its own advice to a control that held', () => {
    const control = { lane: 1, strategy: 'read-then-write', broke: false };
    expect(describeLane(lane({ ...doubted('Nothing broke.'), control }))).toMatchObject({
      id: 'control-held',
      reason: 'Nothing broke.',
    });
  });
});

describe('a lane that is not over', () => {
  it('is provisional until the final rows are read, whatever the numbers say', () => {
    // five units a purchase: units are counted, never purchases
    const counts = counted({ attempts: 300, accepted: 50 });
    const orders = { count: 50, quantity: 250 };
    expect(says({ status: 'running', counts, orders })).toBe('violated OVERSOLD +150 so far');
    expect(explains({ status: 'running', counts, orders })).toBe('250 units confirmed as sold, 100 existed.');
    expect(says({ status: 'auditing', orders: { count: 20, quantity: 100 } })).toBe(
      'waiting SOLD OUT so far',
    );
    expect(says({ status: 'running', counts, orders: { count: 6, quantity: 30 } })).toBe(
      'waiting SELLING so far',
    );
  });

  it('is told from one that never ran, and from one that ran and was not judged', () => {
    expect(says({ status: 'pending', counts: noOutcomes() })).toBe('waiting WAITING');
    expect(says({ status: 'cancelled', counts: noOutcomes() })).toBe('waiting NOT RUN');
    expect(says({ status: 'cancelled', ...doubted('Not judged: the race failed.') })).toBe(
      'inconclusive NOT JUDGED',
    );
  });
});
