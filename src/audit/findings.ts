import { countMasked, intAt } from '@/lib/column';
import type { Finding } from '@/model/verdict';
import { EVIDENCE_LIMIT } from './evidence';
import type { Violation } from './invariant';
import { countPieces, pageOf } from './evidence-list';

/**
 * Merges the violations of each kind into one. Each keeps its own words and evidence; counts add up, but an attempt
 * that several of them count counts once.
 */
export function mergeByKind(found: readonly Violation[]): Violation[] {
  const merged = new Map<string, Violation>();
  for (const one of found) {
    const before = merged.get(one.kind);
    merged.set(one.kind, before === undefined ? one : merge(before, one));
  }
  return [...merged.values()];
}

function merge(before: Violation, one: Violation): Violation {
  const merged: Violation = {
    kind: one.kind,
    count: before.count + one.count,
    message: `${before.message} ${one.message}`,
    witnesses: [...before.witnesses, ...one.witnesses],
    ...((before.isAtLeast || one.isAtLeast) && { isAtLeast: true }),
  };
  const [mask, other] = [before.attempts, one.attempts];
  if (mask === undefined || other === undefined) return merged;
  const attempts = mask.map((isCounted, i) => isCounted | intAt(other, i));
  return { ...merged, attempts, count: countMasked(attempts) };
}

/** A violation as it is reported: with the first of its evidence. */
export function toFinding({ kind, count, isAtLeast, message, witnesses }: Violation): Finding {
  const evidence = pageOf(witnesses, { offset: 0, limit: EVIDENCE_LIMIT });
  return { kind, count, ...(isAtLeast && { isAtLeast }), message, evidence, pieces: countPieces(witnesses) };
}
