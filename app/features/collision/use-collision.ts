import { useEffect, useMemo, useState } from 'react';
import type { AttemptRecord } from '@/model/attempt-record';
import type { RaceView } from '@/model/race';
import type { Evidence } from '@/model/verdict';
import { attemptsNamed, piecesOf, type EvidenceRef } from '@/report/collision';
import { useEvidence, type EvidenceSource } from '~/live/evidence-source';
import { pickPiece, type AskedEvidence } from './pick-piece';

export type CollisionState =
  | { state: 'loading' }
  | { state: 'failed'; message: string }
  | { state: 'ready'; evidence: Evidence; attempts: AttemptRecord[] };

export interface Collisions {
  /** Null while there is no piece to show. */
  shown: EvidenceRef | null;
  /** What the reader asked for; null while the page itself chooses. */
  asked: AskedEvidence;
  /** Why another piece is shown than the requested one; null if it is that one. */
  instead: string | null;
  /** Pieces of its kind in its lane. */
  total: number;
  current: CollisionState;
  show: (piece: EvidenceRef) => void;
}

/**
 * The selected piece of evidence, with the attempts that it names. `asked` is what the address requests; without it,
 * the first collision of the race.
 */
export function useCollision(
  race: RaceView,
  asked: AskedEvidence,
  show: (piece: EvidenceRef) => void,
): Collisions {
  const source = useEvidence();
  const { shown, instead } = useMemo(() => pickPiece(race.lanes, asked), [race.lanes, asked]);
  const key = shown ? `${race.id} ${shown.lane} ${shown.kind} ${shown.piece}` : '';
  const known = shown ? piecesOf(race.lanes, shown)?.evidence[shown.piece] : undefined;
  const wanted = useAsked(key, shown, known);
  const [loaded, setLoaded] = useState<{ key: string; current: CollisionState } | null>(null);

  useEffect(() => {
    const { shown: piece } = wanted;
    if (!piece) return;
    const leaving = new AbortController();
    const show = (current: CollisionState) => {
      if (!leaving.signal.aborted) setLoaded({ key: wanted.key, current });
    };
    load(source, piece, wanted.known, leaving.signal).then(show, (error: unknown) => {
      const message = error instanceof Error ? error.message : 'The evidence could not be read.';
      show({ state: 'failed', message });
    });
    return () => leaving.abort();
  }, [source, wanted]);

  const total = shown ? (piecesOf(race.lanes, shown)?.pieces ?? 0) : 0;
  const current = loaded?.key === key ? loaded.current : LOADING;
  return useMemo(
    () => ({ shown, asked, instead, total, current, show }),
    [shown, asked, instead, total, current, show],
  );
}

const LOADING: CollisionState = { state: 'loading' };

interface Asked {
  key: string;
  shown: EvidenceRef | null;
  known: Evidence | undefined;
}

/** The piece as it was first requested: the race reloads while the piece is shown, and a piece never changes. */
function useAsked(key: string, shown: EvidenceRef | null, known: Evidence | undefined): Asked {
  const [asked, setAsked] = useState<Asked>({ key, shown, known });
  if (asked.key === key) return asked;
  const next = { key, shown, known };
  setAsked(next);
  return next;
}

async function load(
  source: EvidenceSource,
  { lane, kind, piece }: EvidenceRef,
  known: Evidence | undefined,
  signal: AbortSignal,
): Promise<CollisionState> {
  const place = { lane, kind, offset: piece, limit: 1 };
  const evidence = known ?? (await source.listEvidence(place, signal)).evidence[0];
  if (!evidence) return { state: 'failed', message: 'There is no such piece of evidence.' };
  const numbers = attemptsNamed(evidence, source.attemptPrefix(lane));
  const attempts = await Promise.all(numbers.map((n) => source.readAttempt(lane, n, signal)));
  return { state: 'ready', evidence, attempts };
}
