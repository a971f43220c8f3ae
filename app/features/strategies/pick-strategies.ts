import type { Expected, StrategyInfo } from '@/model/strategy';

const ORDER: Record<Expected, number> = { unsafe: 0, conditional: 1, safe: 2 };

/** Browsers send checked boxes in document order, and lanes keep it: unsafe on the left, safe on the right. */
export function unsafeFirst<T extends StrategyInfo>(strategies: readonly T[]): T[] {
  return [...strategies].sort((a, b) => ORDER[a.expected] - ORDER[b.expected]);
}

/** The strategies of a class, if one is given, that contain every word of a text, in any case. */
export function pickStrategies<T extends StrategyInfo>(
  strategies: readonly T[],
  { text, expected }: { text: string; expected: Expected | null },
): T[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return strategies.filter((strategy) => {
    if (expected !== null && strategy.expected !== expected) return false;
    const { id, name, summary, anomaly, stores } = strategy;
    const said = [id, name, summary, anomaly, ...stores].join(' ').toLowerCase();
    return words.every((word) => said.includes(word));
  });
}
