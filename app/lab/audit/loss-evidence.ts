import { at, intAt } from './column';
import { attemptIdOf, inFlight } from './evidence';
import { orderIdOf } from './order-columns';
import type { AuditSubject } from './subject';
import type { Evidence } from './verdict';
import { formatNumber } from './wording';

/** Two sales of which one undid the other: from the same version where that is known, else of the same unit. */
export function describeLoss(subject: AuditSubject, earlier: number, later: number): Evidence {
  const { history, final, settlement } = subject;
  const otherAttemptId = attemptIdOf(history, earlier);
  const version = at(history.seenVersion, later);
  const hasVersion = version === history.seenVersion[earlier];
  const order = intAt(settlement.firstOrderOf, later);
  return {
    attemptId: attemptIdOf(history, later),
    otherAttemptId,
    ...(order !== -1 && { orderId: orderIdOf(final.orders, order) }),
    ...(hasVersion && { version }),
    times: inFlight(history, later, earlier),
    note: hasVersion
      ? `sold from version ${version}${seen(at(history.seenStock, later))}, and so did ${otherAttemptId}`
      : `sold a unit that ${otherAttemptId} sold as well: it left ${at(history.remaining, later)}, the other ${at(history.remaining, earlier)}`,
  };
}

function seen(stock: number): string {
  return Number.isNaN(stock) ? '' : ` (stock ${formatNumber(stock)})`;
}
