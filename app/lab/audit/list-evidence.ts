import type { History } from '../history';
import type { FinalState } from './final-state';
import { mergeByKind } from './findings';
import { CHECKS } from './invariants';
import { bookLosses } from './loss-ledger';
import { AuditSubject } from './subject';
import type { EvidencePage, FindingKind } from './verdict';
import { pageOf, type Page, type Witnesses } from './witnesses';

/**
 * A page of all the evidence for a finding, in the order in which the finding shows the first of it. Runs the checks
 * that make findings of this kind again, so that nothing has to be kept: the same history gives the same pages.
 */
export function listEvidence(
  history: History,
  final: FinalState,
  kind: FindingKind,
  page: Page,
): EvidencePage {
  const subject = new AuditSubject(history, final);
  const invariants = CHECKS.filter(({ kinds }) => kinds.includes(kind)).flatMap((check) => check.invariants);
  const found = mergeByKind(invariants.flatMap((invariant) => invariant(subject).found));
  return turn(found.find((one) => one.kind === kind)?.witnesses ?? [], page);
}

/** A page of the loss ledger: two sales an entry, and the units that were lost between them. */
export function listLosses(history: History, final: FinalState, page: Page): EvidencePage {
  return turn([bookLosses(new AuditSubject(history, final)).entries], page);
}

function turn(witnesses: readonly Witnesses[], page: Page): EvidencePage {
  const total = witnesses.reduce((sum, { size }) => sum + size, 0);
  return { total, evidence: pageOf(witnesses, page) };
}
