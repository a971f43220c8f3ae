import type { LabLog } from '@/lib/lab-log';
import type { RaceStore } from '@/store/race-store';
import { restoreLane } from './restore-lane';
import type { RestoreDeps } from './restore-lane';

export interface OrphanDeps extends RestoreDeps {
  races: RaceStore;
  owner: { lockClass: number; key: number };
  log: LabLog;
}

const REASON = 'The server ended in the middle of this race. Shown is what it had stored by then.';
const notJudged = (attempts: number) =>
  attempts > 0 ? 'Not judged: the server ended during this lane.' : 'Not run.';

/**
 * Marks the races whose server died as interrupted. Their lanes were last written when they began, and their event
 * logs know more: each lane is brought up to what its log holds.
 */
export async function interruptOrphans(deps: OrphanDeps): Promise<void> {
  const ids = await deps.races.interruptOrphans(deps.owner.lockClass, REASON);
  if (ids.length === 0) return;
  deps.log.warn({ races: ids }, 'races of a dead server marked as interrupted');
  for (const id of ids) {
    const race = await deps.races.get(id);
    if (!race) continue;
    const { lanes, ...head } = race;
    const restored = await Promise.all(lanes.map((lane) => restoreLane(deps, race, lane, notJudged)));
    await deps.races.save(head, deps.owner.key, restored);
  }
}
