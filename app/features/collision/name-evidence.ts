import { FINDING_NAMES } from '@/model/wording';
import type { EvidenceKind } from '~/live/fetch-evidence';

/** What a kind of evidence is called on the page. */
export function nameEvidence(kind: EvidenceKind): string {
  return kind === 'losses' ? 'lost units' : FINDING_NAMES[kind];
}
