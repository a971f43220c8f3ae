import { describe, expect, it } from 'vitest';
import type { TimelineStep, Collision, StepCategory } from '../collision-model';
import type { Explanation } from '../explanation';
import { layOut, stepAt } from './timeline-layout';
import { fitView } from './time-view';

const beat = (
  who: number,
  name: string,
  category: StepCategory,
  fromMs: number,
  toMs: number,
  value: string | null = null,
): TimelineStep => ({
  who,
  name,
  category,
  fromMs,
  toMs,
  value,
});

const beats = [
  beat(0, 'read stock', 'read', 1, 2, 'saw 5'),
  beat(1, 'read stock', 'read', 1.5, 2.5, 'saw 5'),
  beat(0, 'write stock', 'write', 5, 6, 'left 4'),
  beat(1, 'write stock', 'write', 6.5, 6.500_1, 'left 4'),
];
const collision: Collision = {
  lanes: [0, 1].map((who) => ({
    attemptId: `r.0.${who}`,
    callMs: who * 0.5,
    returnMs: 9,
    beats: beats.filter((one) => one.who === who),
  })),
  spanMs: 10,
  beats,
};
const story: Explanation = {
  isOverwritten: true,
  points: [
    { beat: 1, text: '' },
    { beat: 2, text: '' },
    { beat: 3, text: '' },
  ],
};
const measure = (text: string) => text.length * 6;
/** 1036 px wide: 100 px a millisecond between the gutter and the margin. */
const all = layOut(collision, story, fitView(10), 1_036, measure);

describe('layOut', () => {
  it('puts steps in their lanes on one time axis', () => {
    expect(all.boxes.map(({ x, width }) => [x, width])).toEqual([
      [128, 100],
      [178, 100],
      [528, 100],
      [678, 3],
    ]);
    const rows = all.boxes.map(({ y }) => y);
    expect(rows[0]).toBe(rows[2]);
    expect(rows[1]).toBe(rows[3]);
    expect(rows[1]).toBeGreaterThan(rows[0] ?? 0);
    expect(all.lanes.map(({ from, to }) => [from, to])).toEqual([
      [28, 928],
      [78, 928],
    ]);
  });

  it('leaves out what is not in view and cuts what is so in part', () => {
    const { boxes, pins } = layOut(collision, story, { from: 1.5, to: 5.5 }, 436, measure);
    expect(boxes.map((box) => [box.beat, box.x, box.width])).toEqual([
      [0, 28, 50],
      [1, 28, 100],
      [2, 378, 50],
    ]);
    expect(pins.map(({ number }) => number)).toEqual([1, 2]);
  });

  it('writes values above reads and below writes, inside the picture, and strikes out the one that is gone', () => {
    expect(all.values.map(({ text, isGone }) => [text, isGone])).toEqual([
      ['saw 5', false],
      ['saw 5', false],
      ['left 4', true],
      ['left 4', false],
    ]);
    const [read, , write] = all.values;
    expect(read?.y).toBeLessThan(all.boxes[0]?.y ?? 0);
    expect(write?.y).toBeGreaterThan(all.boxes[2]?.y ?? 0);
    const narrow = layOut(collision, story, fitView(10), 120, measure);
    for (const { x, width } of narrow.values) expect(x + width).toBeLessThanOrEqual(112);
  });
});

describe('names and pins', () => {
  it('names the steps that have room for it', () => {
    expect(all.names.map(({ text, x }) => [text, x])).toEqual([
      ['read stock', 178],
      ['read stock', 228],
      ['write stock', 578],
    ]);
  });

  it('puts each pin at the step that it means, also where that is narrow, and off its value', () => {
    const boxes = story.points.map(({ beat }) => all.boxes.find((box) => box.beat === beat));
    all.pins.forEach(({ x, y }, i) => {
      const box = boxes[i];
      const value = all.values.find((label) => label.beat === box?.beat);
      expect(x).toBe((box?.x ?? 0) + (box?.width ?? 0) / 2);
      expect(Math.sign(y - (box?.y ?? 0))).toBe(-Math.sign((value?.y ?? 0) - (box?.y ?? 0)));
    });
  });
});

describe('stepAt', () => {
  const y = (i: number) => (all.boxes[i]?.y ?? 0) + 5;

  it('finds the step under the pointer, in its own lane', () => {
    expect(stepAt(all, 200, y(0))).toBe(0);
    expect(stepAt(all, 200, y(1))).toBe(1);
    expect(stepAt(all, 400, y(0))).toBe(-1);
    expect(stepAt(all, 200, 2)).toBe(-1);
  });

  it('is patient with steps of a few microseconds', () => {
    expect(stepAt(all, 684, y(3))).toBe(3);
    expect(stepAt(all, 690, y(3))).toBe(-1);
  });
});
