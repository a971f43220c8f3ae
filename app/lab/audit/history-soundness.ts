import type { History } from '../history';
import { OUTCOMES } from '../outcome';
import { at, intAt } from './column';
import { HELD, type Invariant } from './invariant';
import type { OrderColumns } from './order-columns';
import { sortedIndexes } from './sorted-indexes';
import { countOf } from './wording';

/**
 * A verdict is only as good as its history: each attempt once, with a known outcome, returned after it was called, and
 * with what it did in between; and each order once, as no table has two rows of one id. A fault here is one of the
 * recorder and not of the strategy, so it is a doubt and never a finding.
 */
export const historySoundness: Invariant = ({ history, final, settlement }) => {
  let unknownOutcomes = 0;
  let badTimes = 0;
  let strayTimes = 0;
  for (let i = 0; i < history.count; i += 1) {
    // Both are written so that a value that is not known (NaN) is a fault as well.
    if (!(intAt(history.outcome, i) < OUTCOMES.length)) unknownOutcomes += 1;
    if (!(at(history.call, i) <= at(history.return, i))) badTimes += 1;
    else if (isStray(history, i)) strayTimes += 1;
  }
  const repeatedOrders = countRepeated(final.orders);
  const faults = [
    settlement.repeatedCount > 0
      ? `${countOf(settlement.repeatedCount, 'attempt')} recorded more than once`
      : '',
    unknownOutcomes > 0 ? `${countOf(unknownOutcomes, 'attempt')} with an outcome that does not exist` : '',
    badTimes > 0 ? `${countOf(badTimes, 'attempt')} without a call time before a return time` : '',
    strayTimes > 0
      ? `${countOf(strayTimes, 'attempt')} that read, wrote or held a lock before the call or after the return`
      : '',
    repeatedOrders > 0 ? `${countOf(repeatedOrders, 'order')} with the id of another` : '',
  ].filter(Boolean);
  if (faults.length === 0) return HELD;
  return { found: [], doubt: `The history cannot be trusted: ${faults.join(', ')}.` };
};

/** Whether a span of an attempt begins before its call or ends after its return. What is not known (NaN) lies nowhere. */
function isStray(history: History, i: number): boolean {
  const [call, end] = [at(history.call, i), at(history.return, i)];
  return (
    at(history.windowStart, i) < call ||
    at(history.windowEnd, i) > end ||
    at(history.holdStart, i) < call ||
    at(history.holdEnd, i) > end ||
    at(history.waitStart, i) < call ||
    at(history.waitEnd, i) > end ||
    at(history.pendingStart, i) < call ||
    at(history.pendingEnd, i) > end
  );
}

/** Orders whose id another one has. Linear, and without sorting where ids rise, as they do when read from a table. */
function countRepeated({ orderId, orderText }: OrderColumns): number {
  let repeated = orderText.size - new Set(orderText.values()).size;
  if (orderId.every((id, o) => o === 0 || id > at(orderId, o - 1))) return repeated;
  let before = Number.NaN;
  for (const o of sortedIndexes(orderId)) {
    if (at(orderId, o) === before) repeated += 1;
    before = at(orderId, o);
  }
  return repeated;
}
