import { describe, expect, it } from 'vitest';
import { laneView } from '../../../tests/fixtures/lane-view';
import { noOutcomes } from '~/lab/outcome';
import { columnsOfLanes, OUTCOMES_KIND, STOCK_KIND } from './chart-kinds';

describe('columnsOfLanes', () => {
  const lanes = (['unsafe', 'safe', 'safe', 'conditional'] as const).map((expected) =>
    laneView({ expected }),
  );

  it('has each look of a line once, however many lanes share it', () => {
    expect(columnsOfLanes(STOCK_KIND, lanes).map(({ key, color }) => [key, color])).toEqual([
      ['left', 'var(--color-ink-2)'],
      ['stock', 'var(--color-neutral)'],
      ['sold', 'var(--color-unsafe)'],
      ['sold', 'var(--color-safe)'],
      ['sold', 'var(--color-warning)'],
    ]);
  });

  it('has the outcomes that some lane had', () => {
    const counts = { ...noOutcomes(), conflict: 2 };
    const names = (some: typeof lanes) => columnsOfLanes(OUTCOMES_KIND, some).map(({ key }) => key);
    expect(names([...lanes, laneView({ counts }), laneView({ counts: { ...counts, accepted: 1 } })])).toEqual(
      expect.arrayContaining(['accepted', 'conflict']),
    );
    expect(names(lanes)).toEqual([]);
  });
});
