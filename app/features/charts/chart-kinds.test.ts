import { describe, expect, it } from 'vitest';
import { noOutcomes } from '@/model/outcome';
import { LANE_STYLES } from '~/ui/lane/lane-mark';
import { OUTCOME_STYLES } from '~/ui/lane/outcome-style';
import { laneView } from '../../../tests/fixtures/lanes/lane-view';
import { columnsOfLanes, DISTRIBUTION_KIND, LATENCY_KIND, OUTCOMES_KIND, STOCK_KIND } from './chart-kinds';

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

describe('what a chart draws', () => {
  const lines = [STOCK_KIND, LATENCY_KIND].flatMap((kind) =>
    (['unsafe', 'safe', 'conditional'] as const).map((expected) => ({
      name: `${kind.title} of a lane that is ${expected}`,
      columns: kind.columns(expected),
    })),
  );

  it.each(lines)('is told apart without colour: $name', ({ columns }) => {
    const looks = columns.map(({ dash = 'solid', width }) => `${dash}, ${width}`);
    expect(new Set(looks).size).toBe(columns.length);
    // a difference in width alone has to be one that is seen
    for (const [i, one] of columns.entries())
      for (const other of columns.slice(i + 1))
        if (one.dash === other.dash)
          expect(Math.abs((one.width ?? 0) - (other.width ?? 0))).toBeGreaterThanOrEqual(0.5);
  });

  it('is told apart without colour: outcomes, by the way their stripes run', () => {
    const hatches = OUTCOMES_KIND.columns('safe').map(({ hatch }) => hatch);
    expect(new Set(hatches).size).toBe(hatches.length);
  });

  it('says by its dash what is expected of a lane', () => {
    const dashes = (['unsafe', 'safe', 'conditional'] as const).map(
      (expected) => STOCK_KIND.columns(expected).find(({ key }) => key === 'sold')?.dash,
    );
    expect(new Set(dashes).size).toBe(3);
  });

  it('has a word for each column, and a mark of its own for each lane and outcome', () => {
    for (const kind of [STOCK_KIND, OUTCOMES_KIND, LATENCY_KIND, DISTRIBUTION_KIND]) {
      const names = kind.columns('unsafe').map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(names.every((name) => name.length > 0)).toBe(true);
    }
    for (const looks of [Object.values(LANE_STYLES), Object.values(OUTCOME_STYLES)])
      expect(new Set(looks.map(({ Icon }) => Icon)).size).toBe(looks.length);
  });
});
