import { AuditContext } from '@/audit/audit-context';
import { EVIDENCE_LIMIT } from '@/audit/evidence';
import { pageOf } from '@/audit/evidence-list';
import { mergeByKind, toFinding } from '@/audit/findings';
import type { Check, Violation } from '@/audit/invariant';
import { measureOverlap } from '@/audit/overlap';
import { unitsInStock, type FinalState } from '@/model/final-state';
import type { History } from '@/model/history';
import type { AuditResult, CheckSummary, LossLedger, Overlap, Verdict } from '@/model/verdict';
import { CHECKS, OVERLAP_CHECK, PRECONDITION } from '../checks/invariants';
import type { RegisteredCheck } from '../checks/invariants';
import { measureLiveness } from '../checks/liveness';
import { unitsOversold } from '../checks/oversold';
import { bookLosses } from '../checks/stock/loss-ledger';
import { measureLosses } from '../checks/stock/lost-units';
import { rangeOfLost, rangeOfOversold } from '../checks/stock/still-running';
import { findDoubts, measureCoverage, whyNothingShows, type Coverage } from './coverage';
import { reasonForOk, reasonForViolated } from './reason';

export interface AuditOptions {
  /** Why the lane ended before its plan did, as a phrase ("by the user"); absent when it ran to its end. */
  stopped?: string;
}

/**
 * Judges a lane: its history against the final rows. Pure; the same input always gives the same verdict, on a server,
 * in a browser or offline. A million attempts take about a second.
 *
 * One finding makes `violated`; `ok` needs no finding, no doubt, and proof that sales were contested; anything between
 * is `inconclusive`. Numbers come from the orders table and the item's row, and never from what buyers were told, so an
 * attempt without a response counts exactly when it sold.
 */
export function audit(history: History, final: FinalState, options: AuditOptions = {}): AuditResult {
  const context = new AuditContext(history, final);
  const { matched } = context;
  const coverage = measureCoverage(context);
  const overlap = measureOverlap(context);
  const losses = measureLosses(context);
  const checked = CHECKS.map((check) => ({
    check,
    said: check.invariants.map((invariant) => invariant(context)),
  }));
  const said = [...checked.flatMap((one) => one.said), PRECONDITION(context)];
  const summaries = checked.map((one) => summarize(one.check, one.said));
  summaries.push(summarizeOverlap(context, coverage, overlap));
  return {
    verdict: mergeVerdict(context, said, coverage, overlap, options.stopped),
    oversold: unitsOversold(final, matched),
    lostUpdates: losses.lost > 0 ? losses.lost : 0 - losses.leaked,
    orders: matched.orders,
    recovered: matched.recovered,
    overlap,
    checks: summaries.sort((a, b) => a.no - b.no),
    liveness: measureLiveness(context, coverage),
    ledger: openLedger(context),
    ...rangesWhileRunning(context),
  };
}

/** Created units come first, because they explain what was sold beyond the stock. */
function rankOf({ kind }: Violation): number {
  return kind === 'stock-created' ? 0 : 1;
}

/** Violated over inconclusive over ok (audit.md). */
function mergeVerdict(
  context: AuditContext,
  said: readonly Check[],
  coverage: Coverage,
  overlap: Overlap,
  stopped: string | undefined,
): Verdict {
  const early = stopped === undefined ? '' : ` ${sayStopped(stopped)}`;
  const [first, ...others] = mergeByKind(said.flatMap(({ found }) => found))
    .sort((a, b) => rankOf(a) - rankOf(b))
    .map(toFinding);
  if (first !== undefined) {
    const findings: [typeof first, ...typeof others] = [first, ...others];
    return { status: 'violated', reason: reasonForViolated(findings) + early, findings };
  }
  const doubts = new Set(findDoubts(context, coverage, overlap, stopped));
  for (const { doubt } of said) if (doubt !== undefined) doubts.add(doubt);
  if (doubts.size > 0) return { status: 'inconclusive', reason: [...doubts].join(' ') + early, findings: [] };
  return { status: 'ok', reason: reasonForOk(context, coverage, overlap) + early, findings: [] };
}

/** A phrase as a sentence, even if it already ends as one. */
function sayStopped(phrase: string): string {
  const why = phrase.trim().replace(/[.!?\s]+$/, '');
  return why === '' ? 'Stopped early.' : `Stopped early: ${why}.`;
}

function summarizeOverlap(context: AuditContext, coverage: Coverage, overlap: Overlap): CheckSummary {
  const why = whyNothingShows(context, coverage, overlap);
  return { ...OVERLAP_CHECK, ...(why === undefined ? { status: 'held' } : { status: 'undecided', why }) };
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

/** Merges the results of a check's invariants: the worst one counts. */
function summarize({ no, id, title }: RegisteredCheck, checks: readonly Check[]): CheckSummary {
  return { id, no, title, ...statusOf(checks) };
}

function statusOf(checks: readonly Check[]): Pick<CheckSummary, 'status' | 'why'> {
  const broken = checks.flatMap(({ found, broken: why }) => [
    ...found.map(({ message }) => message),
    ...(why === undefined ? [] : [why]),
  ]);
  if (broken.length > 0) return { status: 'broken', why: broken.join(' ') };
  const doubts = checks.flatMap(({ doubt }) => doubt ?? []);
  if (doubts.length > 0) return { status: 'undecided', why: doubts.join(' ') };
  const idle = checks.flatMap(({ notApplicable }) => notApplicable ?? []);
  if (idle.length === checks.length) return { status: 'not-applicable', why: idle.join(' ') };
  const remarks = checks.flatMap(({ remark }) => remark ?? []);
  return { status: 'held', ...(remarks.length > 0 && { why: remarks.join(' ') }) };
}
