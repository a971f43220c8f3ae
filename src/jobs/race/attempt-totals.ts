import { COUNT_KEYS, noOutcomes } from '@/model/outcome';
import type { OutcomeCounts } from '@/model/outcome';
import type { ActiveRace } from './active-race';

type Totals = Map<string, OutcomeCounts>;

/** Attempts of all races of this process by strategy and outcome. They never fall. */
export class AttemptTotals {
  /** Of races that are over. */
  private readonly ended: Totals = new Map();
  private readonly counted = new WeakSet<ActiveRace>();

  /** A race is over: its counts no longer change. */
  addEnded(race: ActiveRace): void {
    this.counted.add(race);
    add(this.ended, race);
  }

  /** Those of races that are over, and of the given ones that are not. */
  sum(active: readonly ActiveRace[]): Totals {
    const all: Totals = new Map([...this.ended].map(([id, counts]) => [id, { ...counts }]));
    for (const race of active) if (!this.counted.has(race)) add(all, race);
    return all;
  }
}

function add(totals: Totals, { lanes }: ActiveRace): void {
  for (const lane of lanes) {
    const total = totals.get(lane.strategy.id) ?? noOutcomes();
    for (const key of ['attempts', ...COUNT_KEYS] as const) total[key] += lane.counts[key];
    totals.set(lane.strategy.id, total);
  }
}
