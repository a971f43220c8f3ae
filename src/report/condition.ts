import jsep from 'jsep';
import type { LaneSummary } from '@/model/race';
import type { Range } from './metric';
import { boundsOf, LANE_METRICS, sayFigure } from './lane-metrics';
import type { Assertion } from './race-report';

/** A condition cannot be read. The message goes on after the condition: `p98<200: there is no figure p98 …`. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
}

/** What became of a condition in one lane. */
export interface ConditionResult {
  /** `undecided`: only bounds of a figure are known, and both can be. */
  result: Assertion['result'];
  /** The figures that decided it, such as `p99 is 312 ms`. */
  why: string;
}

/** A comparison of a lane's figures, such as `oversold==0`, `p99<200` or `retries/accepted<0.5`. */
export interface Condition {
  text: string;
  check: (lane: LaneSummary) => ConditionResult;
}

type Value = (lane: LaneSummary) => Range | null;

type Result = Assertion['result'];

const negated: Record<Result, Result> = { met: 'broken', broken: 'met', undecided: 'undecided' };

function isLess(a: Range, b: Range): Result {
  if (a.high < b.low) return 'met';
  return a.low >= b.high ? 'broken' : 'undecided';
}

function isEqual(a: Range, b: Range): Result {
  if (a.high < b.low || b.high < a.low) return 'broken';
  return a.low === a.high && b.low === b.high ? 'met' : 'undecided';
}

const COMPARISONS: Readonly<Record<string, (a: Range, b: Range) => Result>> = {
  '==': isEqual,
  '!=': (a, b) => negated[isEqual(a, b)],
  '<': isLess,
  '<=': (a, b) => negated[isLess(b, a)],
  '>': (a, b) => isLess(b, a),
  '>=': (a, b) => negated[isLess(a, b)],
};

/** Interval arithmetic: the bounds of what the figures can give, whatever they are. Null: divided by zero. */
const ARITHMETIC: Readonly<Record<string, (a: Range, b: Range) => Range | null>> = {
  '+': (a, b) => ({ low: a.low + b.low, high: a.high + b.high }),
  '-': (a, b) => ({ low: a.low - b.high, high: a.high - b.low }),
  '*': (a, b) => spanOf(a, b, (x, y) => (x === 0 || y === 0 ? 0 : x * y)),
  '/': (a, b) => {
    if (b.low === 0 && b.high === 0) return null;
    if (b.low <= 0 && b.high >= 0) return { low: -Infinity, high: Infinity };
    return spanOf(a, b, (x, y) => (Number.isFinite(y) ? x / y : 0));
  },
};

function spanOf(a: Range, b: Range, of: (x: number, y: number) => number): Range {
  const ends = [of(a.low, b.low), of(a.low, b.high), of(a.high, b.low), of(a.high, b.high)];
  return { low: Math.min(...ends), high: Math.max(...ends) };
}

/** More than any sensible condition has; a longer one is a mistake, or an attack on the parser. */
const LONGEST = 200;
const WHAT_A_CONDITION_IS = 'a condition compares two figures, as in oversold==0 or p99<200';

/**
 * Reads a condition: one comparison of sums, products and quotients of numbers and figures of `LANE_METRICS`. A figure
 * that the lane does not have fails the condition, and so does a division by zero. Of a figure that is not certain, the
 * bounds decide, where they can.
 *
 * @throws ConditionError
 */
export function parseCondition(text: string): Condition {
  if (text.length > LONGEST) throw new ConditionError(`a condition has at most ${LONGEST} characters`);
  const root = parse(text);
  const compare = root.type === 'BinaryExpression' ? own(COMPARISONS, root.operator) : undefined;
  if (root.type !== 'BinaryExpression' || !compare) throw new ConditionError(WHAT_A_CONDITION_IS);
  const names = new Set<string>();
  const left = toValue(root.left, names);
  const right = toValue(root.right, names);
  if (names.size === 0) throw new ConditionError('names no figure of a lane');
  return {
    text,
    check: (lane) => {
      const [a, b] = [left(lane), right(lane)];
      const result = a === null || b === null ? 'broken' : compare(a, b);
      return { result, why: [...names].map((name) => describeFigure(name, lane)).join(', ') };
    },
  };
}

type Node =
  | { type: 'BinaryExpression'; operator: string; left: Node; right: Node }
  | { type: 'UnaryExpression'; operator: string; argument: Node }
  | { type: 'Identifier'; name: string }
  | { type: 'Literal'; value: unknown; raw: string }
  | { type: 'Other'; raw: string };

function parse(text: string): Node {
  try {
    return jsep(text) as unknown as Node;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConditionError(`cannot be read: ${reason}; ${WHAT_A_CONDITION_IS}`);
  }
}

function toValue(node: Node, names: Set<string>): Value {
  if (node.type === 'Literal' && typeof node.value === 'number') {
    const { value } = node;
    return () => ({ low: value, high: value });
  }
  if (node.type === 'Identifier') {
    const metric = own(LANE_METRICS, node.name);
    if (!metric) throw new ConditionError(`there is no figure ${node.name}; there are ${listFigures()}`);
    names.add(node.name);
    return (lane) => boundsOf(metric, lane);
  }
  if (node.type === 'UnaryExpression' && node.operator === '-') {
    const inner = toValue(node.argument, names);
    return (lane) => negate(inner(lane));
  }
  const calculate = node.type === 'BinaryExpression' ? own(ARITHMETIC, node.operator) : undefined;
  if (node.type !== 'BinaryExpression' || !calculate)
    throw new ConditionError(`uses more than numbers, figures, + - * / and one comparison`);
  const [left, right] = [toValue(node.left, names), toValue(node.right, names)];
  return (lane) => {
    const [a, b] = [left(lane), right(lane)];
    return a === null || b === null ? null : calculate(a, b);
  };
}

function negate(range: Range | null): Range | null {
  return range && { low: -range.high, high: -range.low };
}

/** The names of all figures, for a message. */
export function listFigures(): string {
  return Object.keys(LANE_METRICS).join(', ');
}

function describeFigure(name: string, lane: LaneSummary): string {
  const metric = own(LANE_METRICS, name);
  const figure = metric ? sayFigure(metric, lane) : null;
  return figure === null ? `${name} has no value` : `${name} is ${figure}`;
}

/** The entry of a table, and nothing that every object has (`constructor`). */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
