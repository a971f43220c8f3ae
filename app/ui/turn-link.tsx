import type { ReactElement } from 'react';
import type { RunningJob } from '@/model/job';
import { runningJobUrl } from '@/report/addresses';

/** The running job, by name and with a link to its page. */
export function TurnLink({ turn }: { turn: RunningJob }): ReactElement {
  return (
    <a href={runningJobUrl(turn)} className="rounded font-medium text-ink underline underline-offset-2">
      {nameTurn(turn)}
    </a>
  );
}

/** Most names that fit beside a button. */
const MOST_NAMES = 2;

function nameTurn(job: RunningJob): string {
  if (job.kind === 'isolation') return 'the test of isolation levels';
  const { kind, names } = job;
  if (kind === 'exploration') return `an exploration of ${names.join()}`;
  return names.length > MOST_NAMES ? `a race of ${names.length} lanes` : names.join(' vs ');
}
