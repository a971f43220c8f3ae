import type { FindingKind } from '@/model/verdict';
import type { AuditContext } from './audit-context';
import type { EvidenceList } from './evidence-list';

/** One broken property with everything that shows it. */
export interface Violation {
  kind: FindingKind;
  count: number;
  /** Whether `count` is the least that is proven. */
  isAtLeast?: boolean;
  message: string;
  /** All evidence, one list for each statement of the message. */
  witnesses: EvidenceList[];
  /** 1 for each attempt that `count` counts, where several violations of the kind may count the same attempt. */
  attempts?: Uint8Array;
}

/** The result of one invariant. It held if there is no finding, no doubt and nothing else. */
export interface InvariantResult {
  found: Violation[];
  /** Why it could not be decided, as a sentence. Keeps the verdict from `ok`. */
  doubt?: string;
  /** Why there was nothing to check here, as a sentence. Says nothing for or against the lane. */
  notApplicable?: string;
  /** Why it did not hold, where that is another check's finding, or none at all. */
  broken?: string;
  /** What a reader should know although it held. */
  remark?: string;
}

/** One property that a correct lane has under every interleaving: a file of its own, named by a row of the scenario's checks. */
export type Invariant = (context: AuditContext) => InvariantResult;

export const HELD: InvariantResult = { found: [] };
