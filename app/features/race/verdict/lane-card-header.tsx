import type { ReactElement } from 'react';
import type { LaneSummary } from '@/model/race';
import { ExpectedBadge } from '~/ui/lane/lane-mark';

export interface LaneCardHeaderProps {
  /** The id of the heading, by which the card is labelled. */
  id: string;
  lane: Pick<LaneSummary, 'strategy' | 'strategyName' | 'expected' | 'role'>;
  /** Whether the card is one of many. */
  small?: boolean;
}

/**
 * The strategy of a card, with a link to its page, its expected class, and whether it was requested or is a control.
 */
export function LaneCardHeader({ id, lane, small = false }: LaneCardHeaderProps): ReactElement {
  return (
    <header
      className={`flex flex-wrap items-center justify-between gap-x-3 gap-y-1 px-4 pt-3 ${small ? '' : 'sm:px-5'}`}
    >
      <h2
        id={id}
        className={`flex min-w-0 font-semibold ${small ? 'flex-1 flex-col' : 'items-baseline gap-2'}`}
      >
        <span className="truncate">{lane.strategyName}</span>
        <a
          href={`/strategies/${lane.strategy}`}
          className="truncate font-mono text-xs font-normal text-ink-3 underline-offset-2 hover:underline"
        >
          {lane.strategy}
        </a>
      </h2>
      <span className="flex items-center gap-1.5">
        {lane.role === 'control' && (
          <span
            className="chip"
            title="Added by the lab, to show whether this load breaks an unsafe strategy."
          >
            control
          </span>
        )}
        <ExpectedBadge expected={lane.expected} />
      </span>
    </header>
  );
}
