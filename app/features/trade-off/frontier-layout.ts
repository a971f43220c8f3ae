import { roundScale, type Scale } from '~/ui/scale';
import type { TradeOff, FrontierPoint } from './trade-off-model';
import {
  LINE,
  markAt,
  placeLabels,
  rectOf,
  takeUp,
  type PlacedLabel,
  type Room,
  type Segment,
} from './place-labels';

/** From the top of the picture to the zero line. */
const ABOVE = 302;
export const PLOT = { left: 52, right: 14, top: 26, bottom: 38 };

/** Most lines of text below the zero line, for the names of the points on it: most lanes hold. */
const LINES_BELOW = 5;

/** Width of a character of a label, px, with some to spare. */
const CHARACTER = 6.4;
/** Stands for every number when room is measured: none has more than two digits. */
const NUMBER = '00';
/** Marks closer than this overlap. */
const TOUCHING = 8;
/** Of overlapping marks, this many have their names beside them. */
const MOST_NAMES = 2;

/** A point where it is drawn, px. */
export interface DrawnPoint extends FrontierPoint {
  x: number;
  y: number;
}

/** Overlapping points, usually only one, and their label. */
export interface Group {
  points: DrawnPoint[];
  /** Names, or the number that refers to them below the picture. */
  text: string;
  isNumbered: boolean;
  /** Position of the text; null if there is no room even for a number. */
  label: PlacedLabel | null;
}

export interface FrontierLayout {
  height: number;
  xs: Scale;
  ys: Scale;
  x: (speed: number) => number;
  y: (harm: number) => number;
  points: DrawnPoint[];
  /** The numbered groups from left to right. */
  groups: Group[];
}

/** The positions of everything in the picture at a width, px. Each point is named, beside it or below the picture. */
export function layOutFrontier({ points, line }: TradeOff, width: number): FrontierLayout {
  const xs = roundScale(0, Math.max(1, ...points.map(({ speed }) => speed)) * 1.04, width < 500 ? 4 : 8);
  const ys = roundScale(0, Math.max(1, ...points.map(({ harm }) => harm)) * 1.04);
  const x = (speed: number) => PLOT.left + ((width - PLOT.left - PLOT.right) * speed) / xs.domain[1];
  const y = (harm: number) => PLOT.top + (ABOVE - PLOT.top) * (1 - harm / ys.domain[1]);
  const drawn = points.map((point): DrawnPoint => ({
    ...point,
    x: x(point.speed),
    y: y(point.harm),
  }));
  const path = line.map(({ speed, harm }) => ({ x: x(speed), y: y(harm) }));
  const room: Room = {
    frame: { left: PLOT.left, right: width, top: PLOT.top - 8, bottom: ABOVE + 10 + LINES_BELOW * LINE },
    taken: [
      ...drawn.map((point) => markAt(point.x, point.y)),
      { left: 0, right: width, top: ABOVE - 2, bottom: ABOVE + 2 },
    ],
    lines: [...joinUp(path), ...path.slice(0, 1).map((end) => toTop(end.x))],
  };

  const groups = label(groupUp(drawn, line), room);
  const bottoms = groups.flatMap(({ label }) => (label ? rectOf(label).bottom : []));
  return { height: Math.max(ABOVE + 10, ...bottoms) + PLOT.bottom, xs, ys, x, y, points: drawn, groups };
}

/** Names where there is room for them, and numbers elsewhere. */
function label(unlabelled: readonly DrawnPoint[][], room: Room): Group[] {
  const inTurn = [...unlabelled].sort(byTurn).map((points): Group => {
    const isNumbered = points.length > MOST_NAMES;
    const text = isNumbered ? NUMBER : points.map(({ strategy }) => strategy).join(', ');
    return { points, text, isNumbered, label: null };
  });
  const first = place(inTurn, room);
  inTurn.forEach((group, i) => {
    group.label = first[i] ?? null;
    group.isNumbered ||= group.label === null;
  });
  const groups = inTurn.sort((a, b) => middleOf(a.points).x - middleOf(b.points).x);
  groups.filter(({ isNumbered }) => isNumbered).forEach((group, i) => (group.text = String(i + 1)));
  const without = groups.filter((group) => group.label === null);
  const second = place(without, takeUp(room, first));
  without.forEach((group, i) => (group.label = second[i] ?? null));
  return groups;
}

function place(groups: readonly Group[], room: Room): (PlacedLabel | null)[] {
  return placeLabels(
    groups.map(({ points, text }) => ({ ...middleOf(points), text, hangs: hangs(points) })),
    room,
    (text) => text.length * CHARACTER,
  );
}

/** Whether its label hangs below the zero line. */
function hangs(group: readonly DrawnPoint[]): boolean {
  return group.every(({ harm }) => harm === 0);
}

/**
 * The order in which labels are placed: hanging ones from right to left, as they extend to the right; then by most
 * harm.
 */
function byTurn(a: readonly DrawnPoint[], b: readonly DrawnPoint[]): number {
  const most = (group: readonly DrawnPoint[]) => Math.max(...group.map(({ harm }) => harm));
  if (hangs(a) && hangs(b)) return middleOf(b).x - middleOf(a).x;
  return Number(hangs(b)) - Number(hangs(a)) || most(b) - most(a);
}

/** Groups overlapping points. The points of the claim are not hidden in a group. */
function groupUp(points: readonly DrawnPoint[], line: readonly FrontierPoint[]): DrawnPoint[][] {
  const groups: DrawnPoint[][] = [];
  for (const point of [...points].sort((a, b) => a.x - b.x)) {
    const group = groups.find((others) =>
      others.some((other) => Math.hypot(other.x - point.x, other.y - point.y) < TOUCHING),
    );
    if (group) group.push(point);
    else groups.push([point]);
  }
  const isOnLine = ({ lane }: DrawnPoint) => line.some((point) => point.lane === lane);
  return groups.flatMap((group) => {
    if (group.length <= MOST_NAMES) return [group];
    const others = group.filter((point) => !isOnLine(point));
    return [others, ...group.filter(isOnLine).map((point) => [point])].filter(({ length }) => length > 0);
  });
}

/** The horizontal middle of points, at the height of the highest. */
function middleOf(points: readonly DrawnPoint[]): { x: number; y: number } {
  const xs = points.map(({ x }) => x);
  return {
    x: (Math.min(...xs) + Math.max(...xs)) / 2,
    y: Math.min(...points.map(({ y }) => y)),
  };
}

function joinUp(path: readonly { x: number; y: number }[]): Segment[] {
  return path.slice(1).map((to, i) => ({ x1: path[i]?.x ?? 0, y1: path[i]?.y ?? 0, x2: to.x, y2: to.y }));
}

/** The end of the range that is known to be safe. */
function toTop(x: number): Segment {
  return { x1: x, x2: x, y1: PLOT.top, y2: ABOVE };
}
