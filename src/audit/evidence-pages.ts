import type { FinalState } from '@/model/final-state';
import type { History } from '@/model/history';
import type { Evidence, EvidencePage, FindingKind, NamingPage } from '@/model/verdict';
import { AuditContext } from './audit-context';
import { countPieces, pageOf } from './evidence-list';
import type { EvidenceList, Page } from './evidence-list';
import { mergeByKind } from './findings';
import type { Rules } from './judge';

type AnyRules = Rules<object>;

/**
 * A page of all the evidence for a finding, in the order in which the finding shows the first of it. Runs the checks
 * for this kind again, so that nothing has to be stored: the same history gives the same pages.
 */
export function listEvidence(
  rules: AnyRules,
  history: History,
  final: FinalState,
  kind: FindingKind,
  page: Page,
): EvidencePage {
  const context = new AuditContext(history, final);
  const invariants = rules.checks
    .filter(({ kinds }) => kinds.includes(kind))
    .flatMap((check) => check.invariants);
  const found = mergeByKind(invariants.flatMap((invariant) => invariant(context).found));
  return turn(found.find((one) => one.kind === kind)?.witnesses ?? [], page);
}

/** A page of the loss ledger: two sales an entry, and the units that were lost between them. */
export function listLosses(rules: AnyRules, history: History, final: FinalState, page: Page): EvidencePage {
  return turn([rules.ledger(new AuditContext(history, final))], page);
}

/** Pieces of each kind that are searched for an attempt: describing them takes up to a tenth of a millisecond each. */
const SEARCHED_PER_KIND = 20_000;

/**
 * The pieces of evidence that name an attempt, including those of the loss ledger, each with its number among the
 * pieces of its kind: the first `limit`, and how many there are. It describes the first 20,000 pieces of each kind to
 * find them; `isComplete` says whether those were all.
 */
export function listNaming(
  rules: AnyRules,
  history: History,
  final: FinalState,
  attemptId: string,
  limit: number,
): NamingPage {
  const context = new AuditContext(history, final);
  const invariants = rules.checks.flatMap((check) => check.invariants);
  const found: { kind: FindingKind | 'losses'; witnesses: readonly EvidenceList[] }[] = [
    ...mergeByKind(invariants.flatMap((invariant) => invariant(context).found)),
    { kind: 'losses', witnesses: [rules.ledger(context)] },
  ];
  const naming = found.flatMap(({ kind, witnesses }) =>
    pageOf(witnesses, { offset: 0, limit: SEARCHED_PER_KIND }).flatMap((evidence, piece) =>
      names(evidence, attemptId) ? [{ kind, piece, evidence }] : [],
    ),
  );
  return {
    total: naming.length,
    isComplete: found.every(({ witnesses }) => countPieces(witnesses) <= SEARCHED_PER_KIND),
    pieces: naming.slice(0, limit),
  };
}

function names(evidence: Evidence, attemptId: string): boolean {
  return evidence.attemptId === attemptId || evidence.otherAttemptId === attemptId;
}

function turn(witnesses: readonly EvidenceList[], page: Page): EvidencePage {
  return { total: countPieces(witnesses), evidence: pageOf(witnesses, page) };
}
