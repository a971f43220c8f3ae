import type { LaneWords, VerdictTone } from '@/model/verdict';

/** Lanes with the same verdict. */
export interface VerdictGroup {
  tone: VerdictTone;
  word: string;
  /** Each lane with its figure, such as `read-then-write +91`. */
  lanes: string[];
}

/** The words about a lane, under a name that distinguishes it from the others. */
export interface NamedWords {
  name: string;
  words: Pick<LaneWords, 'tone' | 'word' | 'figure'>;
}

/** Groups lanes by the word of their verdicts: violated ones first, then the largest groups. */
export function groupVerdicts(lanes: readonly NamedWords[]): VerdictGroup[] {
  const groups = new Map<string, VerdictGroup>();
  for (const { name, words } of lanes) {
    const { tone, word, figure } = words;
    const group = groups.get(word) ?? { tone, word, lanes: [] };
    group.lanes.push(`${name} ${figure}`.trim());
    groups.set(word, group);
  }
  const isViolated = ({ tone }: VerdictGroup) => Number(tone === 'violated');
  return [...groups.values()].sort(
    (a, b) => isViolated(b) - isViolated(a) || b.lanes.length - a.lanes.length,
  );
}
