import { EVIDENCE_LIMIT } from './evidence';
import type { Discrepancy } from './invariant';
import type { Finding } from './verdict';
import { countPieces, pageOf } from './witnesses';

/** Discrepancies of one kind as one: counts add up, and each keeps its own words and evidence. */
export function mergeByKind(found: readonly Discrepancy[]): Discrepancy[] {
  const merged = new Map<string, Discrepancy>();
  for (const one of found) {
    const { kind, count, message, witnesses } = one;
    const before = merged.get(kind);
    merged.set(
      kind,
      before === undefined
        ? one
        : {
            kind,
            count: before.count + count,
            message: `${before.message} ${message}`,
            witnesses: [...before.witnesses, ...witnesses],
          },
    );
  }
  return [...merged.values()];
}

/** A discrepancy as it is told: with the first of its evidence. */
export function toFinding({ kind, count, message, witnesses }: Discrepancy): Finding {
  const evidence = pageOf(witnesses, { offset: 0, limit: EVIDENCE_LIMIT });
  return { kind, count, message, evidence, pieces: countPieces(witnesses) };
}
