import type { ReactElement } from 'react';
import type { RaceView } from '@/model/race';
import type { Assertion } from '@/report/race-report';
import { Panel } from '~/ui/panel';

const RESULTS: Record<Assertion['result'], { word: string; text: string }> = {
  met: { word: 'met', text: 'text-safe-ink' },
  broken: { word: 'not met', text: 'text-unsafe-ink' },
  undecided: { word: 'undecided', text: 'text-warning-ink' },
};

/** What was demanded of each lane, and what came of it. */
export function DemandList({
  race,
  assertions,
}: {
  race: RaceView;
  assertions: readonly Assertion[];
}): ReactElement {
  return (
    <Panel id="demands" title="Demands" help="What each lane had to show, and whether it did.">
      <ul className="card divide-y divide-line text-sm">
        {assertions.map(({ lane, kind, text, result, why }) => (
          <li key={`${lane} ${kind} ${text}`} className="flex flex-wrap gap-x-3 px-4 py-2">
            <span className={`w-20 font-semibold ${RESULTS[result].text}`}>{RESULTS[result].word}</span>
            <span className="font-medium">{race.lanes[lane]?.strategyName}</span>
            <span>
              {kind} <code className="font-mono text-xs">{text}</code>
            </span>
            <span className="text-ink-3">{why}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
