import type { ReactElement } from 'react';
import type { LevelTrials } from '@/model/experiment';
import { formatCount } from '~/ui/format';

const WIDTH = 640;
const HEIGHT = 200;
const EDGE = { left: 46, right: 14, top: 12, bottom: 34 };

/** Levels against the rate of violated trials, each with its interval. The table beside it has the same numbers. */
export function LevelPicture({ levels }: { levels: readonly LevelTrials[] }): ReactElement {
  const known = levels.filter(({ rate }) => rate.judged > 0);
  const [low, high] = [Math.log(2), Math.log(Math.max(levels.at(-1)?.concurrency ?? 2, 3))];
  const x = (concurrency: number) => {
    const share = (Math.log(concurrency) - low) / (high - low);
    return EDGE.left + 10 + share * (WIDTH - EDGE.left - EDGE.right - 20);
  };
  const y = (rate: number) => EDGE.top + (1 - rate) * (HEIGHT - EDGE.top - EDGE.bottom);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className="h-auto w-full text-ink-3"
      role="img"
      aria-label="Rate of trials that broke by concurrency, with 95 % intervals; the table has the same numbers"
    >
      {[0, 0.5, 1].map((rate) => (
        <g key={rate}>
          <line x1={EDGE.left} x2={WIDTH - EDGE.right} y1={y(rate)} y2={y(rate)} stroke="var(--color-line)" />
          <text x={EDGE.left - 8} y={y(rate) + 4} textAnchor="end" fontSize={11} fill="currentColor">
            {rate * 100} %
          </text>
        </g>
      ))}
      {apart(known, x).map(({ concurrency }) => (
        <text
          key={concurrency}
          x={x(concurrency)}
          y={HEIGHT - 18}
          textAnchor="middle"
          fontSize={11}
          fill="currentColor"
        >
          {formatCount(concurrency)}
        </text>
      ))}
      <text x={WIDTH - EDGE.right} y={HEIGHT - 3} textAnchor="end" fontSize={11} fill="currentColor">
        buyers at once
      </text>
      {known.map((level) => (
        <Level key={level.concurrency} level={level} x={x(level.concurrency)} y={y} />
      ))}
    </svg>
  );
}

/** Triangle if it broke, dot if it did not, as lanes are marked everywhere. */
function Level({
  level,
  x,
  y,
}: {
  level: LevelTrials;
  x: number;
  y: (rate: number) => number;
}): ReactElement {
  const { low, high } = level.rate.interval;
  const broke = level.outcome === 'breaks';
  const colour = broke ? 'var(--color-unsafe)' : 'var(--color-safe)';
  const at = y(level.rate.rate ?? 0);
  return (
    <g stroke={colour} fill={colour} strokeWidth={2}>
      <line x1={x} x2={x} y1={y(low)} y2={y(high)} strokeOpacity={0.6} />
      <line x1={x - 4} x2={x + 4} y1={y(low)} y2={y(low)} />
      <line x1={x - 4} x2={x + 4} y1={y(high)} y2={y(high)} />
      {broke ? <path d={`M ${x} ${at - 6} l 6 10 h -12 z`} /> : <circle cx={x} cy={at} r={5} />}
    </g>
  );
}

const LABEL_WIDTH = 26;

/** The levels whose labels do not overlap the one before. */
function apart(levels: readonly LevelTrials[], x: (concurrency: number) => number): LevelTrials[] {
  const shown: LevelTrials[] = [];
  for (const level of levels) {
    const last = shown.at(-1);
    if (!last || x(level.concurrency) - x(last.concurrency) >= LABEL_WIDTH) shown.push(level);
  }
  return shown;
}
