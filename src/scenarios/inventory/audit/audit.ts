import type { AuditContext } from '@/audit/audit-context';
import { EVIDENCE_LIMIT } from '@/audit/evidence';
import { pageOf } from '@/audit/evidence-list';
import { judge } from '@/audit/judge';
import type { JudgeOptions, Judgement, Rules } from '@/audit/judge';
import { unitsInStock, type FinalState } from '@/model/final-state';
import type { History } from '@/model/history';
import type { AuditResult, LossLedger } from '@/model/verdict';
import { CHECKS, OVERLAP_CHECK, PRECONDITION } from '../checks/checks';
import { measureLiveness } from '../checks/liveness';
import { unitsOversold } from '../checks/oversold';
import { bookLosses } from '../checks/stock/loss-ledger';
import { measureLosses } from '../checks/stock/lost-units';
import { rangeOfLost, rangeOfOversold } from '../checks/stock/still-running';
import { findDoubts, whyNothingShows } from './coverage';
import { reasonForOk, reasonForViolated } from './reason';

/**
 * How lanes that sell one item are judged (docs/audit.md). Figures come from the orders table and the item's row, and
 * never from what buyers were told, so an attempt without an answer counts exactly when it sold.
 */
export const INVENTORY_RULES: Rules<Omit<AuditResult, keyof Judgement>> = {
  checks: CHECKS,
  precondition: PRECONDITION,
  overlap: OVERLAP_CHECK,
  // created units explain what was sold beyond the stock
  explains: 'stock-created',
  whyUncontested: whyNothingShows,
  findDoubts,
  reasonForOk,
  reasonForViolated,
  measure: (context) => {
    const { final, matched } = context;
    const { lost, leaked } = measureLosses(context);
    return {
      oversold: unitsOversold(final, matched),
      lostUpdates: lost > 0 ? lost : 0 - leaked,
      orders: matched.orders,
      recovered: matched.recovered,
      liveness: measureLiveness(context),
      ledger: openLedger(context),
      ...rangesWhileRunning(context),
    };
  },
  ledger: (context) => bookLosses(context).entries,
};

/** Judges a lane by these rules. */
export function audit(history: History, final: FinalState, options: JudgeOptions = {}): AuditResult {
  return judge(INVENTORY_RULES, history, final, options);
}

function openLedger(context: AuditContext): LossLedger {
  const { units, attributed, unattributed, created, leaked, entries } = bookLosses(context);
  const first = pageOf([entries], { offset: 0, limit: EVIDENCE_LIMIT });
  return { units, attributed, unattributed, created, leaked, entries: first, pieces: entries.size };
}

/** Numbers that are not final yet, as ranges. */
function rangesWhileRunning(context: AuditContext): Pick<AuditResult, 'oversoldRange' | 'lostUpdatesRange'> {
  const { final, matched } = context;
  if (matched.slackUnits === 0) return {};
  return {
    oversoldRange: rangeOfOversold(unitsInStock(final), matched),
    lostUpdatesRange: rangeOfLost(final, measureLosses(context), matched),
  };
}
