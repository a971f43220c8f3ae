import { useMemo, type ReactElement } from 'react';
import { formatCompact, formatCount, formatRate } from '~/ui/format';
import { layOutFrontier, PLOT, type DrawnPoint, type Group } from './frontier-layout';
import type { TradeOff, Mark } from './trade-off-model';
import type { PlacedLabel } from './place-labels';

export interface FrontierPlotProps {
  frontier: TradeOff;
  width: number;
  xLabel: string;
  yLabel: string;
}

const COLORS: Record<Mark, string> = {
  ok: 'var(--color-safe)',
  violated: 'var(--color-unsafe)',
  inconclusive: 'var(--color-warning)',
};

/** Throughput to the right, harm upwards: the best place is at the lower right. */
export function FrontierPlot({ frontier, width, xLabel, yLabel }: FrontierPlotProps): ReactElement {
  const { line } = frontier;
  const { height, xs, ys, x, y, points, groups } = useMemo(
    () => layOutFrontier(frontier, width),
    [frontier, width],
  );
  return (
    <>
      <svg
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${points.length} lanes by ${xLabel} and ${yLabel}`}
        className="block h-auto max-w-full text-2xs"
      >
        {ys.ticks.map((tick) => (
          <g key={tick}>
            <line
              x1={PLOT.left}
              x2={width - PLOT.right}
              y1={y(tick)}
              y2={y(tick)}
              className={tick === 0 ? 'stroke-safe' : 'stroke-line'}
              strokeWidth={tick === 0 ? 1.5 : 1}
            />
            <text x={PLOT.left - 8} y={y(tick)} dy="0.32em" textAnchor="end" className="fill-ink-3">
              {formatCompact(tick)}
            </text>
          </g>
        ))}
        {xs.ticks.map((tick) => (
          <text key={tick} x={x(tick)} y={height - 22} textAnchor="middle" className="fill-ink-3">
            {formatCompact(tick)}
          </text>
        ))}
        <text x={width - PLOT.right} y={height - 6} textAnchor="end" className="fill-ink-2">
          {xLabel} →
        </text>
        <text x={4} y={10} className="fill-ink-2">
          ↑ {yLabel}
        </text>
        {line.length > 1 && (
          <polyline
            points={line.map((point) => `${x(point.speed)},${y(point.harm)}`).join(' ')}
            fill="none"
            className="stroke-ink-2"
            data-frontier
            strokeDasharray="5 4"
            strokeWidth={1.5}
          />
        )}
        {line[0] && <FrontierEnd x={x(line[0].speed)} top={PLOT.top} bottom={y(0)} />}
        {groups.map(({ label }, i) => (
          <Leader key={i} label={label} />
        ))}
        {points.map((point) => (
          <Point key={point.lane} point={point} />
        ))}
        {groups.map(({ label, text, isNumbered }) => (
          <LabelText
            key={text}
            label={label}
            text={text}
            className={isNumbered ? 'fill-ink font-semibold' : 'fill-ink'}
          />
        ))}
      </svg>
      <Numbered groups={groups.filter(({ isNumbered }) => isNumbered)} harm={yLabel} />
    </>
  );
}

function Point({ point }: { point: DrawnPoint }): ReactElement {
  const { strategy, mark, speed, harm, pace, x, y } = point;
  return (
    <g data-point={strategy} data-hollow={pace !== null}>
      <title>{`${strategy}: ${mark}, ${formatCompact(speed)}/s, ${formatCompact(harm)} units`}</title>
      <PointMark mark={mark} hollow={pace !== null} x={x} y={y} />
    </g>
  );
}

function Leader({ label }: { label: PlacedLabel | null }): ReactElement | null {
  return label?.leader ? <line {...label.leader} className="stroke-edge" strokeWidth={0.75} /> : null;
}

/** With an outline, so that no grid line crosses the text. */
function LabelText(props: {
  label: PlacedLabel | null;
  text: string;
  className: string;
}): ReactElement | null {
  const { label, text, className } = props;
  if (!label) return null;
  return (
    <text
      x={label.x}
      y={label.y}
      dy="0.32em"
      className={`stroke-surface ${className}`}
      strokeWidth={3}
      paintOrder="stroke"
    >
      {text}
    </text>
  );
}

/** The names that do not fit in the picture, by the numbers that replace them there. */
function Numbered({ groups, harm: unit }: { groups: readonly Group[]; harm: string }): ReactElement | null {
  if (groups.length === 0) return null;
  return (
    <ol
      className="mt-2 flex flex-wrap gap-x-6 gap-y-1 text-xs text-ink-2"
      aria-label="Lanes by their number in the picture"
    >
      {groups.map(({ points, text }) => (
        <li key={text} className="flex gap-2">
          <span className="min-w-4 shrink-0 font-semibold text-ink">{text}</span>
          <ul className="flex flex-wrap gap-x-4 gap-y-1">
            {points.map(({ lane, strategy, mark, pace, speed, harm }) => (
              <li key={lane} className="flex items-center gap-1.5">
                <svg width="12" height="12" className="shrink-0" aria-hidden>
                  <PointMark mark={mark} hollow={pace !== null} x={6} y={6} />
                </svg>
                {strategy}
                <span className="text-ink-3">
                  {formatRate(speed)}
                  {harm > 0 && `, ${formatCount(harm)} ${unit}`}
                </span>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

/** The end of the known part of the safe line. */
function FrontierEnd({ x, top, bottom }: { x: number; top: number; bottom: number }): ReactElement {
  return <line x1={x} x2={x} y1={top} y2={bottom} className="stroke-safe" strokeDasharray="2 4" />;
}

interface PointMarkProps {
  mark: Mark;
  /** Whether something other than its strategy limited its pace. */
  hollow?: boolean;
  x: number;
  y: number;
}

/** Dot: held. Triangle: broke. Diamond: undecided. */
export function PointMark({ mark, hollow = false, x, y }: PointMarkProps): ReactElement {
  const color = COLORS[mark];
  const look = {
    fill: hollow ? 'var(--color-surface)' : color,
    stroke: color,
    strokeWidth: hollow ? 1.75 : 0,
  };
  if (mark === 'ok') return <circle cx={x} cy={y} r={hollow ? 4.25 : 5} {...look} />;
  const shape = mark === 'violated' ? `0,-6 5.5,4.5 -5.5,4.5` : `0,-6 5,0 0,6 -5,0`;
  return <polygon points={shape} transform={`translate(${x} ${y})`} {...look} />;
}
