import { ChevronRight } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { LaneView } from '@/model/race';
import { LaneLabel } from '~/ui/lane/lane-label';
import { isCompactLayout } from '~/ui/lane/many-lanes';

export interface LaneCard {
  lane: LaneView;
  /** The card in a few words: all that is visible while it is folded. */
  gist: ReactNode;
  body: ReactNode;
}

export interface LaneCardsProps {
  cards: readonly LaneCard[];
  /** All lanes of the race: while it runs cards are added, and the form of the existing ones must not change. */
  lanes: readonly LaneView[];
}

/** Text about lanes: cards side by side, or a list with one line per lane that opens. */
export function LaneCards({ cards, lanes }: LaneCardsProps): ReactElement {
  if (!isCompactLayout(lanes)) {
    return (
      <div className="lanes items-start">
        {cards.map(({ lane, body }) => (
          <article key={lane.index} className="card divide-y divide-line">
            <div className="px-4 py-3">
              <LaneLabel lane={lane} />
            </div>
            {body}
          </article>
        ))}
      </div>
    );
  }
  return (
    <ul className="card divide-y divide-line">
      {cards.map(({ lane, gist, body }) => (
        <li key={lane.index}>
          <details className="group">
            <summary className="flex items-center gap-x-3 gap-y-1 px-4 py-2.5 hover:bg-hover max-sm:flex-wrap">
              <ChevronRight
                className="size-3.5 shrink-0 text-ink-3 transition-transform group-open:rotate-90 motion-reduce:transition-none"
                aria-hidden
              />
              <LaneLabel lane={lane} />
              <span className="ml-auto text-xs text-ink-2">{gist}</span>
            </summary>
            <div className="divide-y divide-line border-t border-line pl-4">{body}</div>
          </details>
        </li>
      ))}
    </ul>
  );
}
