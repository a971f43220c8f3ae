import { refuse } from '@/lib/lab-error';
import type { Refusal, Result } from '@/lib/lab-error';
import { toAttemptRecord } from '@/model/attempt-record';
import type { AttemptRecord, StoredOrder } from '@/model/attempt-record';
import { attemptPrefixOf } from '@/model/history';
import type { RaceView } from '@/model/race';
import { IMPLIED_STEPS } from '@/model/step-kind';
import type { Evidence, NamingPage } from '@/model/verdict';
import type { AttemptQuery, EvidenceQuery } from '@/plan/input-schemas';
import { findAttempt } from '@/recording/find-attempt';
import type { ReadBatches } from '@/recording/find-attempt';
import { findChange, openRecordedLane, readFinal } from '@/recording/recorded-lane';
import type { RecordedLaneDeps } from '@/recording/recorded-lane';
import type { RegisteredStrategy } from '@/scenarios/registry';
import type { AuditAnswers, AuditTask } from '../audit/audit-task';
import type { Audits } from '../audit/audits';

export interface EvidenceDeps extends RecordedLaneDeps {
  audits: Audits;
}

/** Sources of what is known about one lane's attempts. */
export interface AttemptSources {
  /** Reads the lane's event log. */
  batches: ReadBatches;
  /** Reads the orders of an item that name an attempt. */
  orders: (attempt: { sku: string; attemptId: string }) => Promise<StoredOrder[]>;
  strategies: Map<string, RegisteredStrategy>;
}

/** A page of all the evidence for a finding, or of the loss ledger. */
export interface EvidenceAnswer {
  raceId: string;
  lane: number;
  kind: EvidenceQuery['kind'];
  offset: number;
  /** Number of all pieces. */
  total: number;
  evidence: Evidence[];
}

/** The evidence that one attempt is part of. */
export interface NamingAnswer extends NamingPage {
  raceId: string;
  lane: number;
  n: number;
}

/** Most pieces returned for one attempt; more would not help the reader. */
const NAMING_LIMIT = 50;

/**
 * Recomputes the evidence from the lane's stored log and rows: the same audit of the same history finds the same, so
 * that any one of a million lost units can be shown without a million stored rows.
 */
export async function readEvidencePage(
  deps: EvidenceDeps,
  race: RaceView,
  { lane, kind, offset, limit }: EvidenceQuery,
): Promise<Result<{ page: EvidenceAnswer }>> {
  const asked = { kind: 'evidence' as const, of: kind, page: { offset, limit } };
  const asking = await askAudit(deps, race, lane, asked);
  if (!asking.ok) return asking;
  const { total, evidence } = asking.answer;
  return { ok: true, page: { raceId: race.id, lane, kind, offset, total, evidence } };
}

/** Every piece of evidence of the lane that names the attempt. */
export async function readNaming(
  deps: EvidenceDeps,
  race: RaceView,
  { lane, n }: AttemptQuery,
): Promise<Result<{ naming: NamingAnswer }>> {
  if (n >= (race.lanes[lane]?.counts.attempts ?? 0)) return unknownAttempt(race.id, lane, n);
  const attemptId = attemptPrefixOf(race.id, lane) + String(n);
  const asking = await askAudit(deps, race, lane, { kind: 'naming', attemptId, limit: NAMING_LIMIT });
  return asking.ok ? { ok: true, naming: { raceId: race.id, lane, n, ...asking.answer } } : asking;
}

async function askAudit<K extends AuditTask['kind']>(
  deps: EvidenceDeps,
  race: RaceView,
  lane: number,
  task: Extract<AuditTask, { kind: K }>,
): Promise<Result<{ answer: AuditAnswers[K] }>> {
  const opened = openRecordedLane(deps, race, lane);
  if (!opened.ok) return opened;
  const changed = await findChange(deps, opened.recorded);
  if (changed) return changed;
  const read = await readFinal(opened.recorded);
  if (!read.ok) return read;
  const { attempts } = opened.recorded.lane.counts;
  const recorded = { raceId: race.id, lane, attempts, final: read.final };
  return { ok: true, answer: await deps.audits.answer(recorded, task) };
}

/** Returns one attempt in full, of a running or finished race. */
export async function readAttempt(
  sources: AttemptSources,
  race: RaceView,
  { lane: index, n }: { lane: number; n: number },
): Promise<Result<{ attempt: AttemptRecord }>> {
  const lane = race.lanes[index];
  const unknown = unknownAttempt(race.id, index, n);
  if (!lane) return unknown;
  const found = await findAttempt(sources.batches, n, lane.counts.attempts);
  if (!found) return unknown;
  const attemptId = attemptPrefixOf(race.id, index) + String(n);
  const orders = await sources.orders({ sku: lane.sku, attemptId });
  const strategy = sources.strategies.get(lane.strategy);
  const kinds = { ...IMPLIED_STEPS, ...strategy?.steps };
  const known = { kinds, source: strategy?.source ?? '' };
  return {
    ok: true,
    attempt: toAttemptRecord({ raceId: race.id, lane: index }, found.batch, found.at, known, orders),
  };
}

function unknownAttempt(raceId: string, lane: number, n: number): Refusal {
  return refuse('not-found', 'unknown-attempt', `Race ${raceId} has no attempt ${n} in lane ${lane}.`);
}
