import { at, intAt, maskWhere } from '@/lib/column';
import type { History } from '@/model/history';
import { ACCEPTED, CONFLICT, ERROR, SOLD_OUT } from './outcome-code';

/** When each attempt can have acted, on the lane's clock; both ends belong to it. */
export interface Spans {
  /** Its call; -Infinity where its times cannot be trusted. */
  from: Float64Array;
  /** Its return; Infinity where it has no answer, or its times cannot be trusted. */
  until: Float64Array;
  /** 1 where the attempt is known to have been called before it returned. */
  isTimed: Uint8Array;
}

/**
 * An attempt acts between its call and its return. One without an answer was given up at its return, and the server may
 * act on it at any later time. One whose return is not known or lies before its call may have acted at any time: its
 * record is a doubt, and proves nothing.
 */
export function measureSpans(history: History): Spans {
  const isTimed = maskWhere(history.count, (i) => at(history.call, i) <= at(history.return, i));
  const from = history.call.map((call, i) => (isTimed[i] === 1 ? call : -Infinity));
  const until = history.return.map((back, i) =>
    isTimed[i] === 1 && isAnswered(intAt(history.outcome, i)) ? back : Infinity,
  );
  return { from, until, isTimed };
}

function isAnswered(outcome: number): boolean {
  return outcome === ACCEPTED || outcome === SOLD_OUT || outcome === CONFLICT || outcome === ERROR;
}
