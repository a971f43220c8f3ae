import { Table2, ChartScatter, TriangleAlert } from 'lucide-react';
import { useMemo, useRef, useState, type ReactElement, useEffect, type RefObject } from 'react';
import type { RaceView } from '@/model/race';
import { formatCount, formatRate } from '~/ui/format';
import { Panel } from '~/ui/panel';
import { FrontierPlot, PointMark } from './frontier-plot';
import {
  LEAST_LANES,
  toFrontier,
  type FrontierPoint,
  type Harm,
  type Mark,
  type Speed,
} from './trade-off-model';

const SPEEDS: Record<Speed, string> = {
  acceptedPerS: 'sales per second',
  attemptsPerS: 'attempts per second',
};
const HARMS: Record<Harm, string> = { oversold: 'units oversold', lostUpdates: 'lost updates' };
const WORDS: Record<Mark, string> = { ok: 'held', violated: 'broke', inconclusive: 'inconclusive' };

/** The price of safety: every judged lane of a race by its throughput and its harm. Hidden below three of them. */
export function FrontierPanel({ race }: { race: RaceView }): ReactElement | null {
  const [speed, setSpeed] = useState<Speed>('acceptedPerS');
  const [harm, setHarm] = useState<Harm>('oversold');
  const [asTable, setAsTable] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 640);
  const { lanes, plan } = race;
  const frontier = useMemo(() => toFrontier({ lanes, plan }, speed, harm), [lanes, plan, speed, harm]);
  if (frontier.points.length < LEAST_LANES) return null;
  const Icon = asTable ? ChartScatter : Table2;
  return (
    <Panel
      id="frontier"
      title="Safety and throughput"
      help="Further right is faster, higher up is more harm; on the blue line nothing went wrong."
      actions={
        <div className="flex flex-wrap items-center gap-2 print:hidden">
          <Choice label="Across" value={speed} names={SPEEDS} onChoose={setSpeed} />
          <Choice label="Upwards" value={harm} names={HARMS} onChoose={setHarm} />
          <button
            type="button"
            className="button button-quiet min-h-7 px-2 text-xs"
            aria-label={`Safety and throughput: show as ${asTable ? 'chart' : 'table'}`}
            onClick={() => setAsTable(!asTable)}
          >
            <Icon className="size-3.5" aria-hidden />
            {asTable ? 'Chart' : 'Table'}
          </button>
        </div>
      }
    >
      <div className="card flex flex-col gap-3 px-4 py-4 sm:px-5">
        {frontier.caveat !== null && (
          <p className="flex items-start gap-2 text-[0.8125rem] text-warning-ink">
            <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
            {frontier.caveat}
          </p>
        )}
        {frontier.claim !== null && <p className="text-pretty">{frontier.claim}</p>}
        {asTable ? (
          <FrontierTable points={frontier.points} speed={speed} harm={harm} />
        ) : (
          <div ref={box} className="min-w-0 overflow-hidden">
            <FrontierPlot frontier={frontier} width={width} xLabel={SPEEDS[speed]} yLabel={HARMS[harm]} />
          </div>
        )}
        <MarkKey hasHollow={frontier.points.some(({ pace }) => pace !== null)} />
      </div>
    </Panel>
  );
}

function MarkKey({ hasHollow }: { hasHollow: boolean }): ReactElement {
  const entries = (Object.keys(WORDS) as Mark[]).map((mark) => ({ mark, hollow: false, word: WORDS[mark] }));
  if (hasHollow) entries.push({ mark: 'ok', hollow: true, word: 'hollow: the pace was not its own' });
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-2xs text-ink-3">
      {entries.map(({ mark, hollow, word }) => (
        <li key={word} className="flex items-center gap-1.5">
          <svg width="12" height="12" aria-hidden>
            <PointMark mark={mark} hollow={hollow} x={6} y={6} />
          </svg>
          {word}
        </li>
      ))}
    </ul>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  names: Record<T, string>;
  onChoose: (value: T) => void;
}

function Choice<T extends string>({ label, value, names, onChoose }: ChoiceProps<T>): ReactElement {
  const keys = Object.keys(names) as T[];
  return (
    <select
      aria-label={label}
      className="field min-h-8 w-auto text-xs"
      value={value}
      onChange={(event) => onChoose(keys.find((key) => key === event.target.value) ?? value)}
    >
      {keys.map((key) => (
        <option key={key} value={key}>
          {names[key]}
        </option>
      ))}
    </select>
  );
}

interface TableProps {
  points: readonly FrontierPoint[];
  speed: Speed;
  harm: Harm;
}

function FrontierTable({ points, speed, harm }: TableProps): ReactElement {
  const ordered = [...points].sort((a, b) => a.harm - b.harm || b.speed - a.speed);
  return (
    <div
      className="relative overflow-x-auto"
      tabIndex={0}
      role="region"
      aria-label="Safety and throughput, table"
    >
      <table className="w-full text-[0.8125rem]">
        <thead>
          <tr className="text-left text-xs text-ink-3">
            {['strategy', 'verdict', 'pace set by', SPEEDS[speed], HARMS[harm]].map((name, i) => (
              <th key={name} scope="col" className={`py-1 pr-4 font-medium ${i > 2 ? 'text-right' : ''}`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ordered.map((point) => (
            <tr key={point.lane} className="border-t border-line">
              <th scope="row" className="py-1 pr-4 text-left font-normal">
                {point.strategy}
              </th>
              <td className="py-1 pr-4">{WORDS[point.mark]}</td>
              <td className="py-1 pr-4">{point.pace ?? 'itself'}</td>
              <td className="py-1 pr-4 text-right">{formatRate(point.speed)}</td>
              <td className="py-1 pr-4 text-right">{formatCount(point.harm)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The width of an element, px; `before` until it is known. */
function useWidth(box: RefObject<HTMLElement>, before: number): number {
  const [width, setWidth] = useState(before);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const sizes = new ResizeObserver(([entry]) => {
      const now = Math.floor(entry?.contentRect.width ?? 0);
      if (now > 0) setWidth(now);
    });
    sizes.observe(element);
    return () => sizes.disconnect();
  });
  return width;
}
