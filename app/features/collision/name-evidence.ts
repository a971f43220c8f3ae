import { FINDING_NAMES } from '@/model/wording';
import type { EvidenceKind } from '@/report/collision';

/** The name of a kind of evidence on the page. */
export function nameEvidence(kind: EvidenceKind): string {
  return kind === 'losses' ? 'lost units' : FINDING_NAMES[kind];
}
