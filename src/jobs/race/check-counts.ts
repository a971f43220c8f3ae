import type { OrphanDeps } from './interrupt-orphans';
import { restoreLane } from './restore-lane';

/**
 * Compares the counts of every lane that is over with its event log. An unjudged lane is brought up to its log. A judged
 * one stays as it was judged, since its evidence is refused where the log no longer agrees. Says both in the log.
 */
export async function checkCounts(deps: OrphanDeps): Promise<void> {
  const miscounted = await deps.races.findMiscounted();
  for (const [id, indexes] of miscounted) {
    const race = await deps.races.get(id);
    if (!race) continue;
    const { lanes, ...head } = race;
    const differing = lanes.filter(({ index }) => indexes.includes(index));
    const unjudged = differing.filter(({ status }) => status !== 'finished');
    const repaired = await Promise.all(
      unjudged.map((lane) => restoreLane(deps, race, lane, () => lane.verdict.reason)),
    );
    await deps.races.save(head, deps.owner.key, repaired);
    const numbers = (some: typeof lanes) => some.map(({ index }) => index);
    if (unjudged.length > 0)
      deps.log.warn(
        { race: id, lanes: numbers(unjudged) },
        'counts differed from the event log; repaired from it',
      );
    const judged = differing.filter(({ status }) => status === 'finished');
    if (judged.length > 0)
      deps.log.warn(
        { race: id, lanes: numbers(judged) },
        'the event log differs from what the verdict rests on',
      );
  }
}
