import type { FinalState } from '@/model/final-state';
import type { History } from '@/model/history';
import type { CheckSummary, Finding, FindingKind, Overlap, Verdict } from '@/model/verdict';
import { AuditContext } from './audit-context';
import type { EvidenceList } from './evidence-list';
import { mergeByKind, toFinding } from './findings';
import type { InvariantResult, Invariant } from './invariant';
import { measureOverlap } from './overlap';

/** A check as a verdict lists it, with the invariants that it consists of and the kinds of finding that they can make. */
export interface RegisteredCheck extends Pick<CheckSummary, 'id' | 'no' | 'title'> {
  invariants: readonly Invariant[];
  kinds: readonly FindingKind[];
}

/** The rules of a scenario for its audits. `Figures`: what it measures of a lane beside the verdict. */
export interface Rules<Figures extends object> {
  /** Findings come in this order, so the first one heads the verdict's reason. */
  checks: readonly RegisteredCheck[];
  /** Checks that the history is sound enough to conclude anything from it; only its doubts count. */
  precondition: Invariant;
  /** The check that attempts contested each other, which the engine measures itself. */
  overlap: Pick<CheckSummary, 'id' | 'no' | 'title'>;
  /** Findings of this kind explain others, so they come first. */
  explains: FindingKind | undefined;
  /** Why nothing proves that attempts contested each other, as a sentence; `undefined` when something does. */
  whyUncontested: (context: AuditContext, overlap: Overlap) => string | undefined;
  /** Why a lane without findings still proves nothing, most telling reason first. `stopped`: why it ended early. */
  findDoubts: (context: AuditContext, overlap: Overlap, stopped: string | undefined) => string[];
  /** What a lane without findings and doubts has shown. */
  reasonForOk: (context: AuditContext, overlap: Overlap) => string;
  /** What a violated lane has shown. */
  reasonForViolated: (findings: readonly [Finding, ...Finding[]]) => string;
  measure: (context: AuditContext) => Figures;
  /** Evidence that belongs to no finding: the loss ledger of stock. */
  ledger: (context: AuditContext) => EvidenceList;
}

/** The result of every audit, for any scenario. */
export interface Judgement {
  verdict: Verdict;
  overlap: Overlap;
  checks: CheckSummary[];
}

export interface JudgeOptions {
  /** Why the lane ended before its plan did, as a phrase ("by the user"); absent when it ran to its end. */
  stopped?: string | undefined;
}

/**
 * Judges a lane: its history against the final rows, by the rules of its scenario. Pure; the same input always gives
 * the same verdict, on a server, in a browser or offline. A million attempts take about a second.
 *
 * One finding makes `violated`; `ok` needs no finding, no doubt, and proof that attempts contested each other; anything
 * between is `inconclusive`.
 */
export function judge<Figures extends object>(
  rules: Rules<Figures>,
  history: History,
  final: FinalState,
  { stopped }: JudgeOptions = {},
): Judgement & Figures {
  const context = new AuditContext(history, final);
  const overlap = measureOverlap(context);
  const checked = rules.checks.map((check) => ({
    check,
    said: check.invariants.map((invariant) => invariant(context)),
  }));
  const said = [...checked.flatMap((one) => one.said), rules.precondition(context)];
  const { id, no, title } = rules.overlap;
  const why = rules.whyUncontested(context, overlap);
  const checks: CheckSummary[] = [
    ...checked.map((one) => ({ ...summaryOf(one.check), ...statusOf(one.said) })),
    { id, no, title, ...(why === undefined ? { status: 'held' } : { status: 'undecided', why }) },
  ];
  return {
    verdict: decideVerdict(rules, context, said, overlap, stopped),
    overlap,
    checks: checks.sort((a, b) => a.no - b.no),
    ...rules.measure(context),
  };
}

/** Violated over inconclusive over ok (audit.md). `weighByControl` may then turn an `ok` into `inconclusive`. */
function decideVerdict(
  rules: Rules<object>,
  context: AuditContext,
  said: readonly InvariantResult[],
  overlap: Overlap,
  stopped: string | undefined,
): Verdict {
  const early = stopped === undefined ? '' : ` ${sayStopped(stopped)}`;
  const rankOf = ({ kind }: { kind: FindingKind }) => (kind === rules.explains ? 0 : 1);
  const [first, ...others] = mergeByKind(said.flatMap(({ found }) => found))
    .sort((a, b) => rankOf(a) - rankOf(b))
    .map(toFinding);
  if (first !== undefined) {
    const findings: [Finding, ...Finding[]] = [first, ...others];
    return { status: 'violated', reason: rules.reasonForViolated(findings) + early, findings };
  }
  const doubts = new Set(rules.findDoubts(context, overlap, stopped));
  for (const { doubt } of said) if (doubt !== undefined) doubts.add(doubt);
  if (doubts.size > 0) return { status: 'inconclusive', reason: [...doubts].join(' ') + early, findings: [] };
  return { status: 'ok', reason: rules.reasonForOk(context, overlap) + early, findings: [] };
}

/** A phrase as a sentence, even if it already ends as one. */
function sayStopped(phrase: string): string {
  const why = phrase.trim().replace(/[.!?\s]+$/, '');
  return why === '' ? 'Stopped early.' : `Stopped early: ${why}.`;
}

function summaryOf({ id, no, title }: RegisteredCheck): Pick<CheckSummary, 'id' | 'no' | 'title'> {
  return { id, no, title };
}

/** Merges the results of a check's invariants: the worst one counts. */
function statusOf(checks: readonly InvariantResult[]): Pick<CheckSummary, 'status' | 'why'> {
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
