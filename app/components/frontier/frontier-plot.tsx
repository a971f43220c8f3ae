import type { ReactElement } from 'react';
import { roundScale } from '../charts/scale';
import { formatCompact } from '../format';
import type { Frontier, FrontierPoint, Mark } from './frontier-model';
import { placeLabels } from './place-labels';

export interface FrontierPlotProps {
  frontier: Frontier;
  width: number;
  xLabel: string;
  yLabel: string;
}

const HEIGHT = 340;
const PLOT = { left: 52, right: 14, top: 26, bottom: 38 };
/** Width of a character of a label, px, with some to spare. */
const CHARACTER = 6.4;

const COLORS: Record<Mark, string> = {
  ok: 'var(--color-safe)',
  violated: 'var(--color-unsafe)',
  inconclusive: 'var(--color-warning)',
};

/** Throughput to the right, harm upwards: the best place is at the lower right. */
export function FrontierPlot({ frontier, width, xLabel, yLabel }: FrontierPlotProps): ReactElement {
  const { points, line } = frontier;
  const [inner, innerHeight] = [width - PLOT.left - PLOT.right, HEIGHT - PLOT.top - PLOT.bottom];
  const xs = roundScale(0, Math.max(1, ...points.map(({ speed }) => speed)) * 1.04, width < 500 ? 4 : 8);
  const ys = roundScale(0, Math.max(1, ...points.map(({ harm }) => harm)) * 1.04);
  const x = (speed: number) => PLOT.left + (inner * speed) / xs.domain[1];
  const y = (harm: number) => PLOT.top + innerHeight * (1 - harm / ys.domain[1]);
  const ordered = orderForLabels(points, line);
  const labels = placeLabels(
    ordered.map((point) => ({ x: x(point.speed), y: y(point.harm), text: point.strategy })),
    { left: PLOT.left - 6, width, height: HEIGHT - 18 },
    (text) => text.length * CHARACTER,
  );
  return (
    <svg
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
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
        <text key={tick} x={x(tick)} y={HEIGHT - 22} textAnchor="middle" className="fill-ink-3">
          {formatCompact(tick)}
        </text>
      ))}
      <text x={width - PLOT.right} y={HEIGHT - 6} textAnchor="end" className="fill-ink-2">
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
      {ordered.map((point, i) => {
        const [cx, cy] = [x(point.speed), y(point.harm)];
        const label = labels[i];
        const isAway = label && Math.abs(label.y - cy) > 20;
        return (
          <g key={point.lane} data-point={point.strategy} data-hollow={point.pace !== null}>
            <title>{`${point.strategy}: ${point.mark}, ${formatCompact(point.speed)}/s, ${formatCompact(point.harm)} units`}</title>
            {isAway && (
              <line
                x1={cx}
                y1={cy}
                x2={label.x + label.width / 2}
                y2={label.y + (label.y < cy ? 7 : -7)}
                className="stroke-edge"
                strokeWidth={0.75}
              />
            )}
            <PointMark mark={point.mark} hollow={point.pace !== null} x={cx} y={cy} />
            {label && (
              <text x={label.x} y={label.y} dy="0.32em" className="fill-ink">
                {point.strategy}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** How far the safe line is known to reach. */
function FrontierEnd({ x, top, bottom }: { x: number; top: number; bottom: number }): ReactElement {
  return <line x1={x} x2={x} y1={top} y2={bottom} className="stroke-safe" strokeDasharray="2 4" />;
}

interface PointMarkProps {
  mark: Mark;
  /** Whether its pace was not its own. */
  hollow?: boolean;
  x: number;
  y: number;
}

/** Dot held, triangle broke, diamond is undecided. */
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

/** What the sentence is about gets its label first, then whoever did most harm, then the fastest. */
function orderForLabels(points: readonly FrontierPoint[], line: readonly FrontierPoint[]): FrontierPoint[] {
  const rank = (point: FrontierPoint) => (line.includes(point) ? 0 : 1);
  return [...points].sort((a, b) => rank(a) - rank(b) || b.harm - a.harm || b.speed - a.speed);
}
