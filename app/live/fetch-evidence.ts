import type { AttemptRecord } from '@/model/attempt-record';
import type { Evidence, FindingKind, NamingPage } from '@/model/verdict';
import { fetchJson } from './fetch-json';

/** The subject of evidence: a finding, or the units in the loss ledger. */
export type EvidenceKind = FindingKind | 'losses';

export interface EvidencePlace {
  raceId: string;
  lane: number;
  kind: EvidenceKind;
  offset: number;
  limit: number;
}

/** A page of all the evidence, recomputed by the server. @throws Error with a message for people */
export function fetchEvidence(
  { raceId, lane, kind, offset, limit }: EvidencePlace,
  signal?: AbortSignal,
): Promise<{ total: number; evidence: Evidence[] }> {
  const query = new URLSearchParams({
    lane: String(lane),
    kind,
    offset: String(offset),
    limit: String(limit),
  });
  return fetchJson(`/api/races/${encodeURIComponent(raceId)}/evidence?${query}`, 'The evidence', signal);
}

/** One attempt with its steps and its rows. @throws Error with a message for people */
export function fetchAttempt(
  raceId: string,
  lane: number,
  n: number,
  signal?: AbortSignal,
): Promise<AttemptRecord> {
  const path = `/api/races/${encodeURIComponent(raceId)}/attempts/${n}?lane=${lane}`;
  return fetchJson(path, 'The attempt', signal);
}

export type Naming = NamingPage;

/** The evidence that one attempt is part of. @throws Error with a message for people */
export function fetchNaming(raceId: string, lane: number, n: number, signal?: AbortSignal): Promise<Naming> {
  const path = `/api/races/${encodeURIComponent(raceId)}/attempts/${n}/evidence?lane=${lane}`;
  return fetchJson(path, 'The evidence', signal);
}

/** The number in an attempt id of this lane; null for an id of any other shape. */
export function attemptNumber(attemptId: string, raceId: string, lane: number): number | null {
  const prefix = `${raceId}.${lane}.`;
  const rest = attemptId.startsWith(prefix) ? attemptId.slice(prefix.length) : '';
  return /^\d{1,9}$/.test(rest) ? Number(rest) : null;
}
