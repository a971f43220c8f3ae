import type { AttemptRecord } from '@/model/attempt-record';
import { attemptPrefixOf } from '@/model/history';
import { attemptNumber } from '@/model/order-columns';
import type { LaneView, RaceView } from '@/model/race';
import type { Evidence, FindingKind } from '@/model/verdict';

/** The subject of evidence: a finding, or the units in the loss ledger. */
export type EvidenceKind = FindingKind | 'losses';

/** One piece of the evidence of a race. */
export interface EvidenceRef {
  lane: number;
  kind: EvidenceKind;
  /** Counts from 0 within its kind. */
  piece: number;
}

/** A piece of evidence with the attempts that it names, as a report shows it. */
export interface Collision extends EvidenceRef {
  evidence: Evidence;
  attempts: AttemptRecord[];
}

/** The first piece that names two attempts; else the first of all. */
export function firstCollision(lanes: readonly Pick<LaneView, 'index' | 'verdict'>[]): EvidenceRef | null {
  const pieces = lanes.flatMap((lane) =>
    lane.verdict.findings.flatMap(({ kind, evidence }) =>
      evidence.map((one, piece) => ({
        isPair: one.otherAttemptId !== undefined,
        ref: { lane: lane.index, kind, piece },
      })),
    ),
  );
  return (pieces.find(({ isPair }) => isPair) ?? pieces[0])?.ref ?? null;
}

/** The evidence of a kind that came with the race, and the number of all pieces. */
export function piecesOf(
  lanes: readonly LaneView[],
  { lane, kind }: Pick<EvidenceRef, 'lane' | 'kind'>,
): { evidence: Evidence[]; pieces: number } | undefined {
  const view = lanes[lane];
  if (kind === 'losses')
    return view?.ledger ? { evidence: view.ledger.entries, pieces: view.ledger.pieces } : undefined;
  return view?.verdict.findings.find((finding) => finding.kind === kind);
}

/** The numbers of the attempts that a piece names, the one that came first before the other. */
export function attemptsNamed({ attemptId, otherAttemptId }: Evidence, attemptPrefix: string): number[] {
  return [otherAttemptId, attemptId].flatMap((id) => {
    const n = id === undefined ? undefined : attemptNumber(id, attemptPrefix);
    return n ?? [];
  });
}

/**
 * The collision that a report of the race shows: its first piece of evidence. Null for a race without evidence, and
 * where an attempt of it is no longer stored.
 *
 * @param readAttempt returns null for an attempt that is not known
 */
export async function readCollision(
  { id, lanes }: Pick<RaceView, 'id' | 'lanes'>,
  readAttempt: (raceId: string, lane: number, n: number) => Promise<AttemptRecord | null>,
): Promise<Collision | null> {
  const ref = firstCollision(lanes);
  const evidence = ref && piecesOf(lanes, ref)?.evidence[ref.piece];
  if (!evidence) return null;
  const numbers = attemptsNamed(evidence, attemptPrefixOf(id, ref.lane));
  const read = await Promise.all(numbers.map((n) => readAttempt(id, ref.lane, n)));
  const attempts = read.filter((attempt) => attempt !== null);
  return attempts.length === read.length && attempts.length > 0 ? { ...ref, evidence, attempts } : null;
}

/** The same for a report that is worth more without it than not at all: null too where it cannot be read. */
export function tryReadCollision(...asked: Parameters<typeof readCollision>): Promise<Collision | null> {
  return readCollision(...asked).catch(() => null);
}
