import type { ReactElement } from 'react';
import type { RateEstimate } from '@/lib/binomial';
import { describeRange, formatRate } from '@/report/experiment-wording';

/** A rate from 0 to 100 % as a mark, within the range that the trials leave open. */
export function RateBar({ rate }: { rate: RateEstimate }): ReactElement {
  const { low, high } = rate.interval;
  const known = rate.rate !== null;
  const label = known
    ? `Broke in ${formatRate(rate.rate ?? 0)} of the trials; of all such races ${describeRange(rate)}, with 95 % confidence`
    : 'No rate yet';
  return (
    <div role="img" aria-label={label}>
      <div className="relative h-3.5 rounded-full border border-line bg-sunken">
        {known && (
          <>
            <span
              className="absolute inset-y-0 rounded-full bg-neutral/50"
              style={{ left: `${low * 100}%`, right: `${(1 - high) * 100}%` }}
            />
            <span
              className="absolute -inset-y-1 w-1 -translate-x-1/2 rounded-full bg-ink"
              style={{ left: `${(rate.rate ?? 0) * 100}%` }}
            />
          </>
        )}
      </div>
      <div className="mt-1 flex justify-between text-2xs text-ink-3" aria-hidden>
        <span>0 %</span>
        <span>50 %</span>
        <span>100 %</span>
      </div>
    </div>
  );
}
