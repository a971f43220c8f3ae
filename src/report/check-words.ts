import type { AppFindingKind, CheckAnswer, RacePattern } from '@/model/app-check';
import { countOf } from '@/model/wording';

/** Kinds of findings, for a table of outcomes. */
export const APP_FINDING_NAMES: Record<AppFindingKind, string> = {
  'not-serial': 'as no order one after the other',
  lost: 'accepted, and lost',
  'wrong-answer': 'answered as in no order',
  invariant: 'breaks an invariant',
};

/** What a finding says of the requests of its schedule. */
export function describeAppFinding(kind: AppFindingKind, answers: readonly CheckAnswer[]): string {
  const served = answers.filter(({ isAccepted }) => isAccepted).map(({ request }) => `T${request}`);
  const who =
    served.length === 0
      ? 'No request was accepted'
      : `${served.join(' and ')} ${served.length === 1 ? 'was' : 'were'} accepted`;
  const sentences: Record<AppFindingKind, string> = {
    'not-serial': `${who}, and the rows are not those that any order of the requests leaves, one after the other.`,
    lost: `${who}, and one of them left nothing in the database.`,
    'wrong-answer': `The rows are those of one request after the other, but ${served.join(' and ')} got an answer that no such order gives.`,
    invariant: `${who}, and an invariant does not hold afterwards that holds after the requests one by one.`,
  };
  return sentences[kind];
}

export interface PatternWords {
  name: string;
  what: string;
  /** What to change. */
  advice: string;
  /** Strategies of the catalogue that do it. */
  strategies: readonly string[];
}

export const PATTERN_WORDS: Record<RacePattern, PatternWords> = {
  'lost-update': {
    name: 'Lost update',
    what: 'writes a value that it has worked out from one which is no longer there',
    advice:
      'Let the statement that writes decide, as in `update … set stock = stock - 1 where … and stock > 0`, and look at how many rows it changed. Or lock the row as it is read, with `for update` in one transaction.',
    strategies: ['conditional-update', 'select-for-update'],
  },
  'duplicate-insert': {
    name: 'Duplicate insert',
    what: 'adds a row because it has seen none, and so does the other request',
    advice: 'Put a unique index on what there may be one of, and add the row with `on conflict do nothing`.',
    strategies: [],
  },
  'write-skew': {
    name: 'Write skew',
    what: 'decides by rows that the other request changes, while that one decides by rows that this one changes',
    advice:
      'Run both at SERIALIZABLE and repeat what fails with 40001, or have both lock the same row before they read.',
    strategies: ['serializable-retry', 'advisory-xact-lock'],
  },
  'check-then-act': {
    name: 'Check, then act',
    what: 'acts upon something that is no longer so',
    advice:
      'Lock what is checked until the transaction ends (`for update`), or have the statement that writes check it again.',
    strategies: ['select-for-update', 'conditional-update'],
  },
};

/** The sentence after `VIOLATED` that says how certain it is. */
export function describeReplays({ times, of }: { times: number; of: number }): string {
  if (of === 0) return '';
  return times === of
    ? `Reproduced ${times} of ${of}.`
    : `Only ${times} of ${countOf(of, 'run')} came to it again.`;
}
