import { CircleArrowDown, CircleArrowUp, Equal } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Difference, MetricRow } from '@/report/compare-races';
import { formatMs } from '@/model/wording';
import { formatCount, formatRate } from '~/ui/format';

/** Never by colour alone: an icon and a word. */
const STYLES = {
  better: { Icon: CircleArrowUp, word: 'better', className: 'text-safe-ink' },
  worse: { Icon: CircleArrowDown, word: 'worse', className: 'text-unsafe-ink' },
  same: { Icon: Equal, word: 'same', className: 'text-ink-3' },
  'about-same': { Icon: Equal, word: 'about the same', className: 'text-ink-3' },
} as const;

const FORMATS: Record<MetricRow['unit'], (value: number) => string> = {
  count: formatCount,
  rate: formatRate,
  ms: formatMs,
};

/** A figure in its unit. */
export function formatFigure(value: number, unit: MetricRow['unit']): string {
  return FORMATS[unit](value);
}

export interface DifferenceLineProps {
  difference: Difference;
  unit: MetricRow['unit'];
}

/** How far a figure is from the baseline's, and whether that is better or worse, or why it cannot be judged. */
export function DifferenceLine({ difference, unit }: DifferenceLineProps): ReactElement {
  const { absolute, relative, judgement, doubt } = difference;
  const style = judgement === null ? null : STYLES[judgement];
  return (
    <span className="flex flex-col items-end text-xs font-normal text-ink-3">
      {/* of counts that cannot be compared a difference would be read as a claim */}
      {judgement !== 'same' && !(unit === 'count' && doubt !== null) && (
        <span className="text-right whitespace-nowrap max-sm:whitespace-normal">
          {signed(absolute, (value) => formatFigure(value, unit))}
          {relative !== null && ` (${signed(100 * relative, formatPercent)})`}
        </span>
      )}
      {style && (
        <span className={`inline-flex items-center gap-1 whitespace-nowrap ${style.className}`}>
          <style.Icon className="size-3.5" aria-hidden />
          {style.word}
        </span>
      )}
      {doubt !== null && <span className="max-w-36 text-right text-pretty">{doubt}</span>}
    </span>
  );
}

function signed(value: number, format: (size: number) => string): string {
  if (value === 0) return `±${format(0)}`;
  return `${value > 0 ? '+' : '−'}${format(Math.abs(value))}`;
}

/** A share in percent: `83 %`. */
export function formatShare(part: number): string {
  return formatPercent(100 * part);
}

function formatPercent(percent: number): string {
  const digits = percent < 10 ? 1 : 0;
  return `${percent.toLocaleString('en-US', { maximumFractionDigits: digits })}\u00a0%`;
}
