import type { History } from '../history';
import type { Evidence } from './verdict';

/** Most pieces of evidence for one thing that a finding says; its `count` is always the full number. */
export const EVIDENCE_LIMIT = 20;

/** The id under which attempt i asked for its purchase, and which its order carries. */
export function attemptIdOf(history: History, i: number): string {
  return history.attemptPrefix + String(history.n[i]);
}

/**
 * Counts everything and keeps the first `EVIDENCE_LIMIT` pieces. Takes a function, so that a million pieces beyond
 * the limit cost no memory.
 */
export class EvidenceList {
  count = 0;
  readonly evidence: Evidence[] = [];

  add(describe: () => Evidence): void {
    this.count += 1;
    if (this.evidence.length < EVIDENCE_LIMIT) this.evidence.push(describe());
  }
}
