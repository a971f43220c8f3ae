import type { LoadPlan } from '@/plan/load-plan';
import type { BatchStore } from '@/recording/event-log';
import { LaneRecorder } from '@/recording/lane-recorder';
import type { RegisteredStrategy } from '@/scenarios/registry';
import type { Scenario } from '@/scenarios/scenario';

export interface LaneMakings {
  strategies: Map<string, RegisteredStrategy>;
  batches: BatchStore;
  scenario: Pick<Scenario, 'controlOf'>;
}

/**
 * The lanes of a race: one for each strategy that was asked for and, if the plan wants controls, one for each control
 * that is not among them.
 */
export function createLanes(
  raceId: string,
  plan: LoadPlan,
  { strategies, batches, scenario: { controlOf } }: LaneMakings,
): LaneRecorder[] {
  const find = (id: string): RegisteredStrategy => {
    const strategy = strategies.get(id);
    if (!strategy) throw new Error(`there is no strategy ${id}, which parsePlan should have found out`);
    return strategy;
  };
  const contestants = plan.strategies.map(find);
  const controls = plan.control ? new Set(contestants.map(controlOf)) : new Set<string>();
  const added = [...controls].filter((id) => !plan.strategies.includes(id)).map(find);
  const lanes = [...contestants, ...added].map(
    (strategy, index) => new LaneRecorder(raceId, index, strategy, `race.${raceId}.${index}`, plan, batches),
  );
  for (const [index, lane] of lanes.entries()) {
    if (index >= contestants.length) lane.role = 'control';
    if (!plan.control) continue;
    const control = lanes.find(({ strategy }) => strategy.id === controlOf(lane.strategy));
    if (control !== lane) lane.control = control;
  }
  return lanes;
}
