/** A mark that needs a label; px. */
export interface Anchor {
  x: number;
  y: number;
  text: string;
  /** If there is no room beside it: first below it, else above it. */
  hangs?: boolean;
}

export interface Segment {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

export interface Rect {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface PlacedLabel {
  x: number;
  /** Middle of the text. */
  y: number;
  width: number;
  /** From the mark to a label that is not right beside it. */
  leader: Segment | null;
}

/** Where labels may be placed, and what they avoid. */
export interface Room {
  frame: Rect;
  taken: readonly Rect[];
  lines: readonly Segment[];
}

/** Height of a line of text. */
export const LINE = 13;
/** Gap between two labels side by side. */
const GAP = 4;
/** Half the size of a mark. */
const MARK = 6;
/** Largest distance of a label from its mark, in lines of text; beyond that the eye no longer connects the two. */
const LINES_AWAY = 6;

/**
 * Finds a place for each label that covers nothing occupied, no line and no other label, and whose leader does not
 * either: beside its mark if there is room, else above or below it, further and further away. Null if there is none.
 * Earlier anchors choose first. The results occupy their places only after `takeUp`.
 */
export function placeLabels(
  anchors: readonly Anchor[],
  { frame, taken, lines }: Room,
  measure: (text: string) => number,
): (PlacedLabel | null)[] {
  const rects = [...taken];
  const segments = [...lines];
  return anchors.map((anchor) => {
    const width = measure(anchor.text);
    const label = candidates(anchor, width).find(({ x, y, leader }) => {
      const rect = rectOf({ x, y, width });
      return (
        isWithin(rect, frame) &&
        !rects.some((other) => overlap(rect, other) || (leader && crosses(leader, other))) &&
        !segments.some((segment) => crosses(segment, rect))
      );
    });
    if (!label) return null;
    rects.push(rectOf({ ...label, width }));
    if (label.leader) segments.push(label.leader);
    return { ...label, width };
  });
}

/** The room that is left after labels have been placed. */
export function takeUp(room: Room, labels: readonly (PlacedLabel | null)[]): Room {
  const placed = labels.filter((label) => label !== null);
  return {
    frame: room.frame,
    taken: [...room.taken, ...placed.map(rectOf)],
    lines: [...room.lines, ...placed.flatMap(({ leader }) => leader ?? [])],
  };
}

/** The area that a mark covers. */
export function markAt(x: number, y: number): Rect {
  return { left: x - MARK, right: x + MARK, top: y - MARK, bottom: y + MARK };
}

/** The area that a label covers, with the gap around it. */
export function rectOf({ x, y, width }: Pick<PlacedLabel, 'x' | 'y' | 'width'>): Rect {
  return { left: x - GAP / 2, right: x + width + GAP / 2, top: y - LINE / 2, bottom: y + LINE / 2 };
}

/** Possible places, from best to worst. */
function candidates({ x, y, hangs = false }: Anchor, width: number): Omit<PlacedLabel, 'width'>[] {
  const [centred, rightwards, leftwards] = [x - width / 2, x - 4, x + 4 - width];
  const at = (line: number, down: number, left: number) => {
    const start = y + down * (MARK + 1);
    const middle = start + down * (LINE / 2 + 1 + line * LINE);
    const leader = line === 0 ? null : { x1: x, y1: start, x2: x, y2: middle - (down * LINE) / 2 };
    return { x: left, y: middle, leader };
  };
  const lines = Array.from({ length: LINES_AWAY }, (_, line) => line);
  if (hangs)
    // if all labels are to the right side by side, no leader crosses the label of a neighbour
    return [1, -1].flatMap((down) =>
      [rightwards, centred, leftwards].flatMap((left) => lines.map((line) => at(line, down, left))),
    );
  return [
    ...[x + MARK + 3, x - MARK - 3 - width].map((left) => ({ x: left, y, leader: null })),
    ...lines.flatMap((line) =>
      [-1, 1].flatMap((down) => [centred, rightwards, leftwards].map((left) => at(line, down, left))),
    ),
  ];
}

function isWithin(a: Rect, b: Rect): boolean {
  return a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
}

export function overlap(a: Rect, b: Rect): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Whether some of a line lies within a rectangle: the part of the line that is between each pair of sides. */
export function crosses({ x1, y1, x2, y2 }: Segment, { left, right, top, bottom }: Rect): boolean {
  let [from, to] = [0, 1];
  for (const [start, end, low, high] of [
    [x1, x2, left, right],
    [y1, y2, top, bottom],
  ] as const) {
    const span = end - start;
    if (span === 0 && (start <= low || start >= high)) return false;
    if (span === 0) continue;
    const [a, b] = [(low - start) / span, (high - start) / span];
    from = Math.max(from, Math.min(a, b));
    to = Math.min(to, Math.max(a, b));
  }
  return from < to;
}
