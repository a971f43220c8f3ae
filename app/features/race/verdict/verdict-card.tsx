import type { ReactElement, ReactNode } from 'react';
import { hasBegun } from '@/model/lane-status';
import type { LaneView } from '@/model/race';
import { describeLane } from '@/report/verdict-words';
import { formatCount } from '~/ui/format';
import { LaneCardHeader } from './lane-card-header';
import { VERDICT_TONES } from './verdict-tones';

export interface VerdictCardProps {
  lane: LaneView;
  inFlight: number | null;
  /** Whether its race waits for other jobs. */
  isQueued: boolean;
  /** Whether it is one of many. */
  small: boolean;
  /** The button that searches how few buyers break it; null where that makes no sense. */
  bisect: ReactNode;
}

/** The verdict of one lane: what the eye must find first. */
export function VerdictCard({ lane, inFlight, isQueued, small, bisect }: VerdictCardProps): ReactElement {
  const headline = describeLane(lane, isQueued);
  const { Icon, surface, text, tile } = VERDICT_TONES[headline.tone];
  return (
    <article
      className={`card flex flex-col ${surface}`}
      aria-labelledby={`lane-${lane.index}`}
      data-lane={lane.index}
    >
      <LaneCardHeader id={`lane-${lane.index}`} lane={lane} small={small} />
      <div className={`flex flex-1 items-start px-4 ${small ? 'gap-3 py-3' : 'gap-4 py-4 sm:px-5'}`}>
        <span
          className={`mt-1 grid shrink-0 place-items-center ${small ? 'size-7 rounded-lg' : 'size-11 rounded-xl'} ${tile}`}
        >
          <Icon className={small ? 'size-4' : 'size-6'} strokeWidth={2.25} aria-hidden />
        </span>
        <div className="min-w-0">
          <p
            className={`flex flex-wrap items-baseline gap-x-3 font-bold tracking-tight ${small ? 'text-2xl leading-9' : 'text-3xl leading-9 sm:text-[2.125rem] sm:leading-10'} ${text}`}
            data-verdict={headline.tone}
          >
            <span>{headline.word}</span>
            {headline.figure && <span>{headline.figure}</span>}
            {headline.provisional && <span className="text-sm font-medium tracking-normal">so far</span>}
          </p>
          {headline.reason && (
            <p className={`mt-1 text-pretty text-ink-2 ${small ? 'text-[0.8125rem]' : 'min-h-[2lh]'}`}>
              {headline.reason}
            </p>
          )}
          {bisect && <div className="mt-3">{bisect}</div>}
        </div>
      </div>
      <KeyFigures lane={lane} inFlight={inFlight} small={small} />
    </article>
  );
}

type KeyFiguresProps = Pick<VerdictCardProps, 'lane' | 'inFlight' | 'small'>;

function KeyFigures({ lane, inFlight, small }: KeyFiguresProps): ReactElement {
  const running = lane.status === 'running' || lane.status === 'draining';
  const sampled = lane.series.stock.findLast((value) => value !== null);
  const stock = lane.stock.final ?? sampled ?? (hasBegun(lane.status) ? null : lane.stock.initial);
  const peak = lane.overlap.peakInFlight;
  return (
    <dl className="grid grid-cols-3 divide-x divide-line border-t border-line">
      {lane.status === 'finished' ? (
        <Figure
          small={small}
          label="units in orders"
          value={formatCount(lane.orders.quantity)}
          of={lane.stock.initial}
        />
      ) : (
        <Figure
          small={small}
          label="units sold"
          value={formatCount(lane.series.sold.at(-1) ?? 0)}
          of={lane.stock.initial}
        />
      )}
      <Figure small={small} label="stock in the table" value={stock === null ? '–' : formatCount(stock)} />
      {running && inFlight !== null ? (
        <Figure small={small} label="in flight" value={formatCount(inFlight)} />
      ) : (
        <Figure small={small} label="peak in flight" value={peak === 0 ? '–' : formatCount(peak)} />
      )}
    </dl>
  );
}

interface FigureProps {
  label: string;
  value: string;
  of?: number;
  small: boolean;
}

function Figure({ label, value, of, small }: FigureProps): ReactElement {
  return (
    <div
      className={`flex min-w-0 flex-col-reverse justify-end ${small ? 'px-3 py-2' : 'px-4 py-2.5 sm:px-5'}`}
    >
      <dt className={`text-pretty text-ink-3 ${small ? 'text-2xs' : 'text-xs'}`}>{label}</dt>
      <dd className="truncate text-lg leading-6 font-semibold">
        {value}
        {of !== undefined && !small && (
          <span className="ml-1.5 text-xs font-normal text-ink-3 max-sm:hidden">of {formatCount(of)}</span>
        )}
      </dd>
    </div>
  );
}
