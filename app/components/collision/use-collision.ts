import { useEffect, useMemo, useState } from 'react';
import type { AttemptRecord } from '~/lab/attempt-record';
import type { Evidence } from '~/lab/audit/verdict';
import type { LaneView, RaceView } from '~/lab/race';
import { attemptNumber, fetchAttempt, fetchEvidence, type EvidenceKind } from '~/live/fetch-evidence';

/** Which piece of evidence is looked at. */
export interface EvidencePiece {
  lane: number;
  kind: EvidenceKind;
  /** Counts from 0. */
  piece: number;
}

export type CollisionState =
  | { state: 'loading' }
  | { state: 'failed'; message: string }
  | { state: 'ready'; evidence: Evidence; attempts: AttemptRecord[] };

export interface Collisions {
  /** Null while there is nothing to look at. */
  shown: EvidencePiece | null;
  /** What the reader asked for; null while the page itself chooses. */
  chosen: EvidencePiece | null;
  /** Pieces of its kind in its lane. */
  total: number;
  current: CollisionState;
  show: (piece: EvidencePiece) => void;
}

/**
 * The piece of evidence that the reader looks at, with the attempts that it names. `chosen` is what the address says;
 * without it, the first collision of the race.
 */
export function useCollision(
  race: RaceView,
  chosen: EvidencePiece | null,
  show: (piece: EvidencePiece) => void,
): Collisions {
  const shown = useMemo(() => pick(race.lanes, chosen), [race.lanes, chosen]);
  const key = shown ? `${race.id} ${shown.lane} ${shown.kind} ${shown.piece}` : '';
  const known = shown ? piecesOf(race.lanes, shown)?.evidence[shown.piece] : undefined;
  const asked = useAsked(key, shown, known);
  const [loaded, setLoaded] = useState<{ key: string; current: CollisionState } | null>(null);

  useEffect(() => {
    const { shown: piece } = asked;
    if (!piece) return;
    const leaving = new AbortController();
    const settle = (current: CollisionState) => {
      if (!leaving.signal.aborted) setLoaded({ key: asked.key, current });
    };
    load(race.id, piece, asked.known, leaving.signal).then(settle, (error: unknown) => {
      const message = error instanceof Error ? error.message : 'The evidence could not be read.';
      settle({ state: 'failed', message });
    });
    return () => leaving.abort();
  }, [race.id, asked]);

  const total = shown ? (piecesOf(race.lanes, shown)?.pieces ?? 0) : 0;
  const current = loaded?.key === key ? loaded.current : LOADING;
  return useMemo(() => ({ shown, chosen, total, current, show }), [shown, chosen, total, current, show]);
}

const LOADING: CollisionState = { state: 'loading' };

interface Asked {
  key: string;
  shown: EvidencePiece | null;
  known: Evidence | undefined;
}

/** The piece as it was first asked for: the race is read again while it is looked at, and a piece never changes. */
function useAsked(key: string, shown: EvidencePiece | null, known: Evidence | undefined): Asked {
  const [asked, setAsked] = useState<Asked>({ key, shown, known });
  if (asked.key === key) return asked;
  const next = { key, shown, known };
  setAsked(next);
  return next;
}

/** The evidence of a kind that came with the race, and how much there is in all. */
export function piecesOf(
  lanes: readonly LaneView[],
  { lane, kind }: Pick<EvidencePiece, 'lane' | 'kind'>,
): { evidence: Evidence[]; pieces: number } | undefined {
  const view = lanes[lane];
  if (kind === 'losses')
    return view?.ledger ? { evidence: view.ledger.entries, pieces: view.ledger.pieces } : undefined;
  return view?.verdict.findings.find((finding) => finding.kind === kind);
}

function pick(lanes: readonly LaneView[], chosen: EvidencePiece | null): EvidencePiece | null {
  if (chosen && chosen.piece < (piecesOf(lanes, chosen)?.pieces ?? 0)) return chosen;
  return firstCollision(lanes);
}

/** The first piece that names two attempts; else the first of all. */
function firstCollision(lanes: readonly LaneView[]): EvidencePiece | null {
  const pieces = lanes.flatMap((lane) =>
    lane.verdict.findings.flatMap(({ kind, evidence }) =>
      evidence.map((one, piece) => ({
        isPair: one.otherAttemptId !== undefined,
        lane: lane.index,
        kind,
        piece,
      })),
    ),
  );
  const first = pieces.find(({ isPair }) => isPair) ?? pieces[0];
  return first ? { lane: first.lane, kind: first.kind, piece: first.piece } : null;
}

async function load(
  raceId: string,
  { lane, kind, piece }: EvidencePiece,
  known: Evidence | undefined,
  signal: AbortSignal,
): Promise<CollisionState> {
  const place = { raceId, lane, kind, offset: piece, limit: 1 };
  const evidence = known ?? (await fetchEvidence(place, signal)).evidence[0];
  if (!evidence) return { state: 'failed', message: 'There is no such piece of evidence.' };
  const numbers = [evidence.otherAttemptId, evidence.attemptId].flatMap((id) => {
    const n = id === undefined ? null : attemptNumber(id, raceId, lane);
    return n === null ? [] : [n];
  });
  const attempts = await Promise.all(numbers.map((n) => fetchAttempt(raceId, lane, n, signal)));
  return { state: 'ready', evidence, attempts };
}
