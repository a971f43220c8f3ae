import { weighByControl } from '@/audit/positive-control';
import type { AuditResult } from '@/model/verdict';
import { audit } from '@/scenarios/inventory/audit/audit';
import type { LaneFile } from './format';
import { HistoryFileError } from './history-file-error';

/**
 * Judges a lane from its file as it was judged when it ran: the same history, the same rows and the same control give
 * the same verdict, to the last piece of evidence.
 *
 * @throws HistoryFileError for a scenario other than the inventory
 */
export function auditHistory({ header, history, final }: LaneFile): AuditResult {
  if (header.scenario !== 'inventory')
    throw new HistoryFileError(1, `its scenario is ${header.scenario}, and this audit knows inventory alone`);
  const audited = audit(history, final, { stopped: header.stopped });
  return { ...audited, verdict: weighByControl(audited.verdict, header.control ?? null) };
}
