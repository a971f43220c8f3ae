import { expect, it } from 'vitest';
import { noOutcomes } from '@/model/outcome';
import { describeLane } from '@/report/verdict-words';
import { laneView } from '../../../../tests/fixtures/lanes/lane-view';
import { groupVerdicts } from './verdict-groups';

const sold = (quantity: number) => ({
  status: 'finished' as const,
  counts: { ...noOutcomes(), attempts: 200, accepted: quantity },
  orders: { count: quantity, quantity },
});
const broken = (strategy: string, oversold: number) =>
  laneView({
    strategy,
    ...sold(100 + oversold),
    oversold,
    verdict: {
      status: 'violated',
      reason: '',
      findings: [{ kind: 'oversold', count: oversold, message: '', evidence: [], pieces: 0 }],
    },
  });
const exact = (strategy: string) =>
  laneView({ strategy, expected: 'safe', ...sold(100), verdict: { status: 'ok', reason: '', findings: [] } });

it('counts lanes by what is said of them, violations first, and keeps who they are', () => {
  const lanes = [exact('a'), exact('b'), exact('c'), broken('d', 5), broken('e', 91)];
  const named = lanes.map((lane) => ({ name: lane.strategy, words: describeLane(lane) }));
  expect(groupVerdicts(named)).toEqual([
    { tone: 'violated', word: 'OVERSOLD', lanes: ['d +5', 'e +91'] },
    { tone: 'ok', word: 'EXACT', lanes: ['a', 'b', 'c'] },
  ]);
});
