import type { AttemptRecord } from '@/model/attempt-record';
import type { Collision } from './collision-model';
import { LETTERS } from './letters';

/** One of the three moments of a lost update. */
export interface StoryPoint {
  /** Index into the collision's beats. */
  beat: number;
  text: string;
}

/** How one attempt overwrote the update of the other. */
export interface Explanation {
  /** The stale read, the other's write, and the write that follows from the stale read, in that order. */
  points: [StoryPoint, StoryPoint, StoryPoint];
  /** Whether the other's update is gone: both left the same value. */
  isOverwritten: boolean;
}

/**
 * Finds the read of one attempt, the other's write after it began, and the first attempt's own write over it; null
 * where the records do not show these three. Both must have sold from the same state.
 */
export function tellStory({ beats }: Collision, attempts: readonly AttemptRecord[]): Explanation | null {
  const [a, b] = attempts;
  if (!a || !b || a.outcome !== 'accepted' || b.outcome !== 'accepted') return null;
  if (a.seenStock === null || a.seenStock !== b.seenStock) return null;
  const writes = [0, 1].map((who) => beats.findIndex((beat) => beat.who === who && isWrite(beat)));
  const ends = writes.map((i) => beats[i]?.toMs ?? -1);
  const late = (ends[1] ?? 0) >= (ends[0] ?? 0) ? 1 : 0;
  const [stale, other] = [writes[late] ?? -1, writes[1 - late] ?? -1];
  const read = beats.findIndex((beat) => beat.who === late && beat.value !== null && !isWrite(beat));
  const [readBeat, otherBeat, staleBeat] = [beats[read], beats[other], beats[stale]];
  if (!readBeat || !otherBeat || !staleBeat || readBeat.fromMs > otherBeat.toMs) return null;

  const [me, them] = [LETTERS[late] ?? '', LETTERS[1 - late] ?? ''];
  const [mine, theirs] = [attempts[late]?.remaining ?? null, attempts[1 - late]?.remaining ?? null];
  const isOverwritten = mine !== null && mine === theirs;
  const saw = a.seenStock;
  return {
    isOverwritten,
    points: [
      { beat: read, text: `${me} reads the stock: ${saw}.` },
      {
        beat: other,
        text: `${them} writes ${theirs ?? 'its sale'}. What ${me} has read is out of date from here on.`,
      },
      {
        beat: stale,
        text: isOverwritten
          ? `${me} writes ${mine} all the same, from ${saw}. ${them}’s ${theirs} is overwritten: its update has vanished.`
          : `${me} sells all the same, because it once read ${saw}.`,
      },
    ],
  };
}

function isWrite({ category, value }: Collision['beats'][number]): boolean {
  return category === 'write' && value !== null;
}
