import type { ReactElement } from 'react';
import type { RunningJob } from '@/model/running-job';

/** What runs now, by name and with its page. */
export function TurnLink({ turn }: { turn: RunningJob }): ReactElement {
  return (
    <a href={turn.url} className="rounded font-medium text-ink underline underline-offset-2">
      {nameTurn(turn)}
    </a>
  );
}

/** Names that fit beside a button. */
const MOST_NAMES = 2;

function nameTurn({ kind, names }: RunningJob): string {
  if (kind === 'isolation') return 'the test of isolation levels';
  if (kind === 'exploration') return `an exploration of ${names.join()}`;
  return names.length > MOST_NAMES ? `a race of ${names.length} lanes` : names.join(' vs ');
}
