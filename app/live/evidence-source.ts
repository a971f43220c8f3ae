import { createContext, useContext } from 'react';
import type { AttemptRecord } from '@/model/attempt-record';
import { attemptPrefixOf } from '@/model/history';
import type { EvidencePage, NamingPage } from '@/model/verdict';
import { raceUrl } from '@/report/addresses';
import type { EvidenceKind, EvidenceRef } from '@/report/collision';
import { fetchJson } from './fetch-json';

export interface EvidencePlace {
  lane: number;
  kind: EvidenceKind;
  offset: number;
  limit: number;
}

/** What a page reads of a race when its reader asks for it. Its functions throw errors with a message for people. */
export interface EvidenceSource {
  /** With the number of an attempt behind it, the attempt's id. */
  attemptPrefix: (lane: number) => string;
  /** The address of a piece of evidence; null where it has none. */
  addressOf: (piece: EvidenceRef) => string | null;
  /** A page of all the evidence. */
  listEvidence: (place: EvidencePlace, signal?: AbortSignal) => Promise<EvidencePage>;
  /** One attempt with its steps and its rows. */
  readAttempt: (lane: number, n: number, signal?: AbortSignal) => Promise<AttemptRecord>;
  /** The evidence that one attempt is part of. */
  listNaming: (lane: number, n: number, signal?: AbortSignal) => Promise<NamingPage>;
}

/** Reads the evidence of a race from its server, which computes it again. */
export function serverEvidence(raceId: string): EvidenceSource {
  const race = `/api/races/${encodeURIComponent(raceId)}`;
  return {
    attemptPrefix: (lane) => attemptPrefixOf(raceId, lane),
    addressOf: ({ lane, kind, piece }) => {
      const query = new URLSearchParams({ lane: String(lane), evidence: kind, piece: String(piece + 1) });
      return `${raceUrl(raceId)}?${query.toString()}`;
    },
    listEvidence: ({ lane, kind, offset, limit }, signal) => {
      const asked = { lane: String(lane), kind, offset: String(offset), limit: String(limit) };
      return fetchJson(`${race}/evidence?${new URLSearchParams(asked)}`, 'The evidence', signal);
    },
    readAttempt: (lane, n, signal) => fetchJson(`${race}/attempts/${n}?lane=${lane}`, 'The attempt', signal),
    listNaming: (lane, n, signal) =>
      fetchJson(`${race}/attempts/${n}/evidence?lane=${lane}`, 'The evidence', signal),
  };
}

const nowhere = () => Promise.reject(new Error('Nothing more can be read here.'));

/** A still page, such as a report, reads nothing. */
const NO_EVIDENCE: EvidenceSource = {
  attemptPrefix: () => '',
  addressOf: () => null,
  listEvidence: nowhere,
  readAttempt: nowhere,
  listNaming: nowhere,
};

export const EvidenceContext = createContext(NO_EVIDENCE);

export function useEvidence(): EvidenceSource {
  return useContext(EvidenceContext);
}
