import type { ReactElement } from 'react';
import type { Turn } from '~/lab/turn';
import { nameContestants } from './contestants';

/** What runs now, by name and with its page. */
export function TurnLink({ turn }: { turn: Turn }): ReactElement {
  return (
    <a href={turn.url} className="rounded font-medium text-ink underline underline-offset-2">
      {turn.kind === 'exploration' && 'an exploration of '}
      {nameContestants(turn.names)}
    </a>
  );
}
