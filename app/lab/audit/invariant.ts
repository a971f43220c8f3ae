import type { History } from '../history';
import type { FinalState } from './final-state';
import type { Settlement } from './settlement';
import type { Finding } from './verdict';

/** What every invariant judges. */
export interface AuditSubject {
  history: History;
  final: FinalState;
  settlement: Settlement;
}

/** What one invariant has to say. Nothing found and no doubt means that it held. */
export interface Check {
  findings: Finding[];
  /** Why it could not be decided, as a sentence. Keeps the verdict from `ok`. */
  doubt?: string;
}

/** One property that a correct lane has, whatever the interleaving: one file and one entry in `INVARIANTS` each. */
export type Invariant = (subject: AuditSubject) => Check;

export const HELD: Check = { findings: [] };
