import { attemptIdOf, inFlight } from '@/audit/evidence';
import type { AuditContext } from '@/audit/audit-context';
import { at, intAt } from '@/lib/column';
import type { History } from '@/model/history';
import { orderIdOf } from '@/model/order-columns';
import type { Evidence } from '@/model/verdict';
import { formatNumber } from '@/model/wording';
import { sawSameVersion } from '../version-forks';

/** Two sales of which one undid the other: they share a version, share a unit, or one overwrote the other. */
export function describeLoss(context: AuditContext, earlier: number, later: number): Evidence {
  const { history, final, matched } = context;
  const otherAttemptId = attemptIdOf(history, earlier);
  const version = at(history.seenVersion, later);
  const hasVersion = sawSameVersion(history, later, earlier);
  const order = intAt(matched.firstOrderOf, later);
  return {
    attemptId: attemptIdOf(history, later),
    otherAttemptId,
    ...(order !== -1 && { orderId: orderIdOf(final.orders, order) }),
    ...(hasVersion && { version }),
    times: inFlight(history, later, earlier),
    note: hasVersion
      ? `sold from version ${version}${seen(at(history.seenStock, later))}, and so did ${otherAttemptId}`
      : describeOtherwise(context, earlier, later),
  };
}

function describeOtherwise({ history }: AuditContext, earlier: number, later: number): string {
  const other = attemptIdOf(history, earlier);
  const [left, otherLeft] = [at(history.remaining, later), at(history.remaining, earlier)];
  if (isWrittenOver(history, earlier, later)) {
    const saw = at(history.seenStock, later);
    return `wrote over what ${other} had written, and had read before it did${seen(saw)}`;
  }
  return `sold a unit that ${other} sold as well: it left ${left}, the other ${otherLeft}`;
}

function isWrittenOver({ windowStart, windowEnd }: History, earlier: number, later: number): boolean {
  const written = at(windowEnd, earlier);
  return at(windowStart, later) < written && written < at(windowEnd, later);
}

function seen(stock: number): string {
  return Number.isNaN(stock) ? '' : ` (stock ${formatNumber(stock)})`;
}
