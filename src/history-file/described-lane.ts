import { unitsInStock } from '@/model/final-state';
import type { History } from '@/model/history';
import { COUNT_KEYS, noOutcomes, type OutcomeCounts } from '@/model/outcome';
import type { AuditResult } from '@/model/verdict';
import type { DescribedLane } from '@/report/classify-lane';
import type { LaneFile } from './format';

/** The description of a lane of a file: everything but what its generator knew. */
export function toDescribedLane(
  {
    header,
    history,
    final,
  }: Pick<LaneFile, 'history' | 'final'> & {
    header: Pick<LaneFile['header'], 'expected' | 'control'>;
  },
  result: AuditResult,
): DescribedLane {
  return {
    ...result,
    status: 'finished',
    expected: header.expected,
    condition: null,
    counts: countOutcomes(history),
    stock: { initial: unitsInStock(final), final: final.finalStock },
    control: header.control ?? null,
    sends: null,
  };
}

function countOutcomes({ count, outcome }: History): OutcomeCounts {
  const counts = noOutcomes();
  counts.attempts = count;
  for (const code of outcome) {
    const key = COUNT_KEYS[code];
    if (key) counts[key] += 1;
  }
  return counts;
}
