import type { Expected, Strategy } from '@/model/strategy';

const VERBS: Record<Expected, string> = {
  safe: 'prevents',
  unsafe: 'shows',
  conditional: 'prevents on a condition',
};

/** A strategy's relation to its anomaly: the name alone would read as a fault of a safe one. */
export function nameAnomaly({ expected, anomaly }: Pick<Strategy, 'expected' | 'anomaly'>): string {
  return `${VERBS[expected]}: ${anomaly}`;
}
