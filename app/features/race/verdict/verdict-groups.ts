import type { LaneWords, VerdictTone } from '@/model/verdict';

/** Lanes of which the same is said. */
export interface VerdictGroup {
  tone: VerdictTone;
  word: string;
  /** Each of them with its figure, such as `read-then-write +91`. */
  lanes: string[];
}

/** What is said of a lane, under the name that tells it from the others. */
export interface NamedWords {
  name: string;
  words: Pick<LaneWords, 'tone' | 'word' | 'figure'>;
}

/** Puts lanes together by the word of their verdicts: what was violated first, and then what there is most of. */
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
