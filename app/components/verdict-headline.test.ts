import { describe, expect, it } from 'vitest';
import type { FindingKind, Liveness } from '~/lab/audit/verdict';
import { noOutcomes } from '~/lab/outcome';
import type { LaneSummary } from '~/lab/race';
import { laneView } from '../../tests/fixtures/lane-view';
import { describeVerdict } from './verdict-headline';

function lane(change: Partial<LaneSummary>): LaneSummary {
  const counts = { ...noOutcomes(), attempts: 1000, accepted: 100, soldOut: 900 };
  return laneView({
    status: 'finished',
    counts,
    stock: { initial: 100, final: 0 },
    orders: { count: 100, quantity: 100 },
    verdict: { status: 'ok', reason: 'Held.', findings: [] },
    ...change,
  });
}

function says(change: Partial<LaneSummary>): string {
  const { tone, word, figure, provisional } = describeVerdict(lane(change));
  return [tone, word, figure, provisional ? 'so far' : ''].filter(Boolean).join(' ');
}

function served(some: Partial<Liveness>): Liveness {
  const rest = { falseSoldOut: 0, conflicts: 0, retriesPerSale: 0, worstAttempt: null, mostRetries: null };
  return { undersold: 0, ...rest, ...some };
}

const violated = (kind: FindingKind, count: number): Pick<LaneSummary, 'verdict'> => ({
  verdict: {
    status: 'violated',
    reason: 'Broken.',
    findings: [{ kind, count, message: '', evidence: [], pieces: 0 }],
  },
});

describe('describeVerdict', () => {
  it('puts what was oversold before what was lost', () => {
    expect(says({ ...violated('oversold', 903), oversold: 903, lostUpdates: 950 })).toBe(
      'violated OVERSOLD +903',
    );
    expect(says({ ...violated('lost-update', 1200), lostUpdates: 1200 })).toBe('violated LOST UPDATES 1,200');
  });

  it('names any other violation by its first finding', () => {
    expect(says(violated('negative-stock', 3))).toBe('violated NEGATIVE STOCK 3');
  });

  it('is exact when everything was sold, and when nobody was turned away', () => {
    expect(says({})).toBe('ok EXACT');
    const counts = { ...noOutcomes(), attempts: 40, accepted: 40 };
    expect(says({ counts, orders: { count: 40, quantity: 40 } })).toBe('ok EXACT');
  });

  it('is undersold when units are left although buyers were told sold out who could have had them', () => {
    const orders = { count: 93, quantity: 93 };
    expect(says({ orders, liveness: served({ undersold: 4 }) })).toBe('ok UNDERSOLD −7');
    // whoever asked for more than was left, failed, or got no answer was not turned away
    expect(says({ orders, liveness: served({ undersold: 0 }) })).toBe('ok EXACT');
    expect(says({ orders, liveness: null })).toBe('ok EXACT');
  });

  it('says that an unsafe strategy which held was lucky, and says it of no other', () => {
    expect(describeVerdict(lane({ expected: 'unsafe' })).reason).toBe(
      'Held. It held this time; its strategy is unsafe all the same.',
    );
    expect(describeVerdict(lane({ expected: 'safe' })).reason).toBe('Held.');
  });

  it('never calls an inconclusive lane exact', () => {
    expect(says({ verdict: { status: 'inconclusive', reason: 'No overlap.', findings: [] } })).toBe(
      'inconclusive INCONCLUSIVE',
    );
  });

  it('is provisional until the final rows are read, whatever the numbers say', () => {
    const counts = { ...noOutcomes(), attempts: 300, accepted: 250 };
    expect(says({ status: 'running', counts })).toBe('violated OVERSOLD +150 so far');
    expect(says({ status: 'auditing' })).toBe('waiting SOLD OUT so far');
    expect(says({ status: 'running', counts: { ...counts, accepted: 30 } })).toBe('waiting SELLING so far');
  });

  it('tells a lane that waits from one that never ran', () => {
    expect(says({ status: 'pending', counts: noOutcomes() })).toBe('waiting WAITING');
    expect(says({ status: 'cancelled', counts: noOutcomes() })).toBe('waiting NOT RUN');
  });
});
