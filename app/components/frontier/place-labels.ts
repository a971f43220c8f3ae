/** A mark that wants a label; px. */
export interface Anchor {
  x: number;
  y: number;
  text: string;
}

export interface PlacedLabel {
  x: number;
  /** Middle of the text. */
  y: number;
  width: number;
}

interface Rect {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const HEIGHT = 13;
const MARK = 6;
/** How far from its mark a label may stand, in lines of text; beyond that the eye no longer joins the two. */
const LINES_AWAY = 6;

/**
 * A place for each label that covers neither a mark nor another label and stays within the frame: beside its mark where
 * there is room, else above or below it, ever further away. Null where all that is taken. Earlier anchors choose first.
 */
export function placeLabels(
  anchors: readonly Anchor[],
  frame: { left: number; width: number; height: number },
  measure: (text: string) => number,
): (PlacedLabel | null)[] {
  const taken: Rect[] = anchors.map(({ x, y }) => around(x, y, MARK, MARK));
  return anchors.map((anchor) => {
    const width = measure(anchor.text);
    for (const { x, y } of candidates(anchor, width)) {
      const rect = { left: x, right: x + width, top: y - HEIGHT / 2, bottom: y + HEIGHT / 2 };
      const fits =
        rect.left >= frame.left && rect.right <= frame.width && rect.top >= 0 && rect.bottom <= frame.height;
      if (!fits || taken.some((other) => overlap(rect, other))) continue;
      taken.push(rect);
      return { x, y, width };
    }
    return null;
  });
}

function* candidates({ x, y }: Anchor, width: number): Generator<{ x: number; y: number }> {
  yield { x: x + MARK + 3, y };
  yield { x: x - MARK - 3 - width, y };
  for (let lines = 1; lines <= LINES_AWAY; lines += 1) {
    for (const up of [-1, 1]) {
      const at = y + up * (MARK + 2 + lines * HEIGHT);
      yield { x: x - width / 2, y: at };
      yield { x: x - 4, y: at };
      yield { x: x + 4 - width, y: at };
    }
  }
}

function around(x: number, y: number, half: number, halfHeight: number): Rect {
  return { left: x - half, right: x + half, top: y - halfHeight, bottom: y + halfHeight };
}

function overlap(a: Rect, b: Rect): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
