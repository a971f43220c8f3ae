import { Circle, Diamond, Triangle } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Expected } from '@/model/strategy';

interface LaneStyle {
  /** Colour of lines and marks. */
  stroke: string;
  /** Dash pattern of lines; `undefined` is solid. */
  dash: string | undefined;
  text: string;
  badge: string;
  Icon: typeof Circle;
}

/** The style of a lane everywhere: never by colour alone, so each expectation has its own mark and dash too. */
export const LANE_STYLES: Record<Expected, LaneStyle> = {
  unsafe: {
    stroke: 'var(--color-unsafe)',
    dash: '6 3',
    text: 'text-unsafe-ink',
    badge: 'border-unsafe-line bg-unsafe-wash text-unsafe-ink',
    Icon: Triangle,
  },
  safe: {
    stroke: 'var(--color-safe)',
    dash: undefined,
    text: 'text-safe-ink',
    badge: 'border-safe-line bg-safe-wash text-safe-ink',
    Icon: Circle,
  },
  conditional: {
    stroke: 'var(--color-warning)',
    dash: '2 3',
    text: 'text-warning-ink',
    badge: 'border-warning-line bg-warning-wash text-warning-ink',
    Icon: Diamond,
  },
};

/** The mark of a lane: triangle for unsafe, dot for safe, diamond for conditional. */
export function LaneMark({
  expected,
  className = 'size-2.5',
}: {
  expected: Expected;
  className?: string;
}): ReactElement {
  const { Icon, stroke } = LANE_STYLES[expected];
  return (
    <Icon className={`${className} shrink-0`} fill={stroke} stroke={stroke} strokeWidth={2} aria-hidden />
  );
}

/** The mark with the word. */
export function ExpectedBadge({ expected }: { expected: Expected }): ReactElement {
  return (
    <span className={`chip ${LANE_STYLES[expected].badge}`}>
      <LaneMark expected={expected} className="size-2" />
      {expected}
    </span>
  );
}
