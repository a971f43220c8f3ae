import jsep from 'jsep';
import type { LaneSummary } from '@/model/race';
import { LANE_METRICS, sayFigure } from './lane-metrics';

/** A condition cannot be read. The message goes on after the condition: `p98<200: there is no figure p98 …`. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
}

/** What became of a condition in one lane. */
export interface ConditionResult {
  isMet: boolean;
  /** The figures that decided it, such as `p99 is 312 ms`. */
  why: string;
}

/** A comparison of a lane's figures, such as `oversold==0`, `p99<200` or `retries/accepted<0.5`. */
export interface Condition {
  text: string;
  check: (lane: LaneSummary) => ConditionResult;
}

type Value = (lane: LaneSummary) => number | null;

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

/** More than any sensible condition has; a longer one is a mistake, or an attack on the parser. */
const LONGEST = 200;
const WHAT_A_CONDITION_IS = 'a condition compares two figures, as in oversold==0 or p99<200';

/**
 * Reads a condition: one comparison of sums, products and quotients of numbers and figures of `LANE_METRICS`. A figure
 * that the lane does not have fails the condition, and so does a division by zero.
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
      const isMet = a !== null && b !== null && compare(a, b);
      return { isMet, why: [...names].map((name) => describeFigure(name, lane)).join(', ') };
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
    return () => value;
  }
  if (node.type === 'Identifier') {
    const metric = own(LANE_METRICS, node.name);
    if (!metric) throw new ConditionError(`there is no figure ${node.name}; there are ${listFigures()}`);
    names.add(node.name);
    return metric.read;
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
    const value = a === null || b === null ? Number.NaN : calculate(a, b);
    return Number.isFinite(value) ? value : null;
  };
}

function negate(value: number | null): number | null {
  return value === null ? null : -value;
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
