import { weighByControl } from '@/audit/positive-control';
import type { AuditResult } from '@/model/verdict';
import { audit } from '@/scenarios/inventory/audit/audit';
import type { LaneFile } from './format';

/**
 * Judges a lane from its file as it was judged when it ran: the same history, the same rows and the same control give
 * the same verdict, to the last piece of evidence.
 */
export function auditHistory({ header, history, final }: LaneFile): AuditResult {
  const audited = audit(history, final, { stopped: header.stopped });
  return { ...audited, verdict: weighByControl(audited.verdict, header.control ?? null) };
}
