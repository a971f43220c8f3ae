import type { ReactElement, ReactNode } from 'react';
import type { AttemptRecord } from '@/model/attempt-record';
import { OUTCOMES } from '@/model/outcome';
import { formatCount, formatMicros } from '~/ui/format';
import { OutcomeTag } from '~/ui/lane/outcome-style';

/** What an attempt saw, and what it was told. */
export function AttemptFacts({ attempt }: { attempt: AttemptRecord }): ReactElement {
  const facts: [string, ReactNode][] = [
    ['outcome', <OutcomeTag key="outcome" code={OUTCOMES.indexOf(attempt.outcome)} />],
    ['saw stock', known(attempt.seenStock)],
    ['saw version', known(attempt.seenVersion)],
    ['told remaining', known(attempt.remaining)],
    ['order', attempt.orderId ?? 'none'],
    ['HTTP status', attempt.status === 0 ? withoutStatus(attempt) : attempt.status],
    ['retries', formatCount(attempt.retries)],
    ['took', formatMicros(attempt.returnUs - attempt.callUs)],
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-1 text-[0.8125rem] sm:grid-cols-4">
      {facts.map(([name, value]) => (
        <div key={name} className="flex flex-col">
          <dt className="text-2xs text-ink-3">{name}</dt>
          <dd className="font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Why there is no status: no response came, or the race ran without HTTP. */
function withoutStatus({ outcome }: AttemptRecord): string {
  return outcome === 'indeterminate' || outcome === 'error' ? 'no answer' : 'none';
}

function known(value: number | null): string {
  return value === null ? 'unknown' : formatCount(value);
}
