import { isLaneOver } from '@/model/lane-status';
import type { LaneView } from '@/model/race';
import { FINDING_KINDS } from '@/model/verdict';
import { firstCollision, piecesOf, type EvidenceRef } from '@/report/collision';
import { formatCount } from '~/ui/format';

/** The piece that an address names: a reference, an invalid one, or none. */
export type AskedEvidence = EvidenceRef | 'unknown' | null;

export interface PickedEvidence {
  /** Null while there is no piece to show. */
  shown: EvidenceRef | null;
  /** Why another piece is shown than the requested one; null if it is that one, or if that may still turn up. */
  instead: string | null;
}

/** Reads `?lane=0&evidence=oversold&piece=37`, which counts pieces from 1, as people do. */
export function readAskedPiece(query: URLSearchParams): AskedEvidence {
  if (!['lane', 'evidence', 'piece'].some((name) => query.has(name))) return null;
  const kind = [...FINDING_KINDS, 'losses' as const].find((known) => known === query.get('evidence'));
  const lane = Number(query.get('lane') ?? 0);
  const piece = Number(query.get('piece') ?? 1) - 1;
  return kind && isIndex(lane) && isIndex(piece) ? { lane, kind, piece } : 'unknown';
}

function isIndex(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}

/** The requested piece; else the first of its kind, or the first collision of the race. */
export function pickPiece(lanes: readonly LaneView[], asked: AskedEvidence): PickedEvidence {
  if (asked === null) return { shown: firstCollision(lanes), instead: null };
  const total = asked === 'unknown' ? 0 : (piecesOf(lanes, asked)?.pieces ?? 0);
  if (asked !== 'unknown' && asked.piece < total) return { shown: asked, instead: null };
  // evidence turns up when a lane is judged
  const isFinal = lanes.every(({ status }) => isLaneOver(status));
  if (asked === 'unknown' || total === 0) {
    const instead = 'This race has no such evidence as the address names; this is the first that it has.';
    return { shown: firstCollision(lanes), instead: isFinal ? instead : null };
  }
  const instead = `There is no piece ${formatCount(asked.piece + 1)} of ${formatCount(total)}; this is the first.`;
  return { shown: { ...asked, piece: 0 }, instead: isFinal ? instead : null };
}
