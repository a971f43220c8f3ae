import { attemptIdOf, inFlight } from '@/audit/evidence';
import { oncePerAudit, type AuditContext } from '@/audit/audit-context';
import { PairList } from '@/audit/evidence-list';
import { at, intAt } from '@/lib/column';
import { unitsInStock } from '@/model/final-state';
import { unitsLost } from './balance';
import { whyStockMayRiseByDesign } from './restock-by-design';
import { salesByVersion } from './sales-by-version';

/** Units too many in the stock, from no known source. */
export interface CreatedUnits {
  /** Where the row ended above, all that is too many: lost updates among them cannot be told apart. */
  units: number;
  /** Whether the row ended above all that was ever there. */
  isAbove: boolean;
  /** The sales that saw more than the sale before them had left; empty where only the row shows it. */
  seen: PairList;
}

/**
 * Two things prove that units were created. The first is a row that ends above S: lost updates alone leave it at S at
 * most. The second is a value that no attempt wrote, where every sale reported the
 * version and the stock that it saw: if the versions follow each other without a fork or a hole, each sale overwrote
 * what the one before it had written (by induction from the last version: its sale read after all other writes), and so
 * no update was lost. A sale that then saw more than its predecessor left found units that came from elsewhere, as far
 * as the balance shows that many too many; else it reported a stock that was not there, which is check 9's.
 */
export const measureCreated = oncePerAudit((context): CreatedUnits => {
  const { final, matched } = context;
  const seen = new PairList((later, earlier) => describeRise(context, later, earlier));
  const unitsSeen = isChain(context) ? findRises(context, seen) : 0;
  const net = Math.max(0, unitsLost(final, matched));
  const isAbove = final.finalStock > unitsInStock(final);
  return { units: isAbove ? net : Math.min(net, unitsSeen), isAbove, seen };
});

/** Whether every order is of an accepted attempt's single purchase, and all their versions follow each other. */
function isChain(context: AuditContext): boolean {
  const { history, final, matched } = context;
  const sales = salesByVersion(context);
  if (sales.length === 0 || sales.length !== matched.orders.count) return false;
  if ((final.stillRunning ?? 0) > 0 || whyStockMayRiseByDesign(context) !== undefined) return false;
  let before = at(history.seenVersion, intAt(sales, 0)) - 1;
  for (const i of sales) {
    const version = at(history.seenVersion, i);
    if (version !== before + 1 || !context.isAccepted(i) || Number.isNaN(history.seenStock[i])) return false;
    if (matched.unitsOf[i] !== history.quantity[i]) return false;
    before = version;
  }
  return true;
}

/** Adds each sale that saw more than the sale before it had left, paired with that sale; -1 for the first. */
function findRises(context: AuditContext, seen: PairList): number {
  const { history } = context;
  let units = 0;
  let left = context.final.initialStock;
  let before = -1;
  for (const i of salesByVersion(context)) {
    const stock = at(history.seenStock, i);
    if (stock > left) {
      units += stock - left;
      seen.add(i, before);
    }
    left = stock - intAt(history.quantity, i);
    before = i;
  }
  return units;
}

function describeRise(context: AuditContext, later: number, earlier: number) {
  const { history, final } = context;
  const saw = at(history.seenStock, later);
  const evidence = { attemptId: attemptIdOf(history, later), version: at(history.seenVersion, later) };
  if (earlier === -1) {
    const { initialStock } = final;
    const note = `saw stock ${saw} before any sale, of an initial stock of ${initialStock}`;
    return { ...evidence, units: saw - initialStock, times: inFlight(history, later), note };
  }
  const otherAttemptId = attemptIdOf(history, earlier);
  const left = at(history.seenStock, earlier) - intAt(history.quantity, earlier);
  const note = `saw stock ${saw} at version ${evidence.version}, where ${otherAttemptId}, the sale before it, had left ${left}`;
  return { ...evidence, otherAttemptId, units: saw - left, times: inFlight(history, later, earlier), note };
}
