import type { TimelineStep, Collision, StepCategory } from '../collision-model';
import type { Explanation } from '../explanation';
import { rulerTicks, type Tick, type TimeView } from './time-view';

/** Sizes of the picture, px. */
const GUTTER = 28;
const MARGIN = 8;
const LANE = 84;
const STEP = 22;
const STEP_TOP = 32;
const RULER = 26;
const LEAST_WIDTH = 3;
const PIN = 8;
const NAME_MARGIN = 6;

export interface StepBox {
  /** Index into the collision's beats. */
  beat: number;
  category: StepCategory;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface ValueLabel {
  beat: number;
  text: string;
  x: number;
  /** Middle of the text. */
  y: number;
  width: number;
  /** Written and then overwritten. */
  isGone: boolean;
}

export interface Pin {
  number: number;
  x: number;
  y: number;
}

/** The name of a step, in a box that has room for it. */
export interface NameLabel {
  text: string;
  category: StepCategory;
  /** Middle of the text. */
  x: number;
  y: number;
  width: number;
}

/** The positions of everything in the picture, px from its upper left corner. */
export interface TimelineLayout {
  width: number;
  height: number;
  left: number;
  right: number;
  /** For each attempt: its middle, and the time from sending the request to its response. */
  lanes: { y: number; from: number; to: number }[];
  boxes: StepBox[];
  names: NameLabel[];
  values: ValueLabel[];
  /** Numbers of the explanation, in its order; those out of view are left out. */
  pins: Pin[];
  ticks: (Tick & { x: number })[];
  rulerY: number;
}

export function timelineHeight(lanes: number): number {
  return MARGIN + lanes * LANE + RULER;
}

/** Lays out the steps in view within a width. `measure`: width of a text as it will be drawn, px. */
export function layOut(
  { lanes, beats }: Collision,
  story: Explanation | null,
  view: TimeView,
  width: number,
  measure: (text: string) => number,
): TimelineLayout {
  const [left, right] = [GUTTER, Math.max(GUTTER + 1, width - MARGIN)];
  const x = (ms: number) => left + ((ms - view.from) / (view.to - view.from)) * (right - left);
  const clamp = (px: number) => Math.min(right, Math.max(left, px));
  const top = (who: number) => MARGIN + who * LANE + STEP_TOP;
  const boxes = beats.flatMap((beat, index): StepBox[] => {
    const [from, to] = [x(beat.fromMs), Math.max(x(beat.toMs), x(beat.fromMs) + LEAST_WIDTH)];
    if (to < left || from > right) return [];
    const box = { x: clamp(from), width: Math.max(1, clamp(to) - clamp(from)) };
    return [{ beat: index, category: beat.category, y: top(beat.who), height: STEP, ...box }];
  });
  const gone = story?.isOverwritten ? story.points[1].beat : -1;
  const values = boxes.flatMap((box) => labelOf(box, beats[box.beat], gone, { left, right }, measure));
  const pins = (story?.points ?? []).flatMap(({ beat }, i): Pin[] => {
    const box = boxes.find((one) => one.beat === beat);
    return box ? [pinOf(box, i + 1, left, right)] : [];
  });
  return {
    width,
    height: timelineHeight(lanes.length),
    left,
    right,
    lanes: lanes.map(({ callMs, returnMs }, who) => ({
      y: top(who) + STEP / 2,
      from: clamp(x(callMs)),
      to: clamp(x(returnMs)),
    })),
    boxes,
    names: boxes.flatMap((box) => nameOf(box, beats[box.beat], measure)),
    values,
    pins,
    ticks: rulerTicks(view, right - left).map((tick) => ({ ...tick, x: x(tick.ms) })),
    rulerY: MARGIN + lanes.length * LANE,
  };
}

/** Above the middle of a write and below that of any other step: on the step itself, away from its value. */
function pinOf({ x, y, width, height, category }: StepBox, number: number, left: number, right: number): Pin {
  const middle = Math.min(right - PIN, Math.max(left + PIN, x + width / 2));
  return { number, x: middle, y: category === 'write' ? y - PIN - 2 : y + height + PIN + 2 };
}

function nameOf(
  { x, y, width, height, category }: StepBox,
  beat: TimelineStep | undefined,
  measure: (text: string) => number,
): NameLabel[] {
  const needed = measure(beat?.name ?? '') + NAME_MARGIN * 2;
  if (!beat || needed > width) return [];
  return [{ text: beat.name, category, x: x + width / 2, y: y + height / 2, width: needed }];
}

/** The label is above a step that read and below one that wrote, inside the picture. */
function labelOf(
  box: StepBox,
  beat: TimelineStep | undefined,
  gone: number,
  { left, right }: { left: number; right: number },
  measure: (text: string) => number,
): ValueLabel[] {
  if (!beat || beat.value === null) return [];
  const width = measure(beat.value) + 10;
  const x = Math.max(left, Math.min(box.x, right - width));
  const y = beat.category === 'write' ? box.y + box.height + 13 : box.y - 13;
  return [{ beat: box.beat, text: beat.value, x, y, width, isGone: box.beat === gone }];
}

/**
 * Index of the step at a position; -1 where there is none. Steps extend some px further, and the nearest of several
 * wins.
 */
export function stepAt({ boxes }: TimelineLayout, x: number, y: number, reach = 4): number {
  let found = -1;
  let nearest = Number.POSITIVE_INFINITY;
  for (const box of boxes) {
    if (y < box.y - reach || y > box.y + box.height + reach) continue;
    const away = Math.max(box.x - x, x - box.x - box.width, 0);
    if (away <= reach && away <= nearest) [found, nearest] = [box.beat, away];
  }
  return found;
}
