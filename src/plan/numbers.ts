/** The allowed range of a number, for schemas, messages and form fields. */
export interface NumberRange {
  min: number;
  max: number;
  /** The unit behind a number, such as `ms`; empty for a mere count. */
  unit: string;
  fractions: boolean;
}

/** The bounds in words: `0 to 10,000 ms`. */
export function describeRange({ min, max, unit }: Omit<NumberRange, 'fractions'>): string {
  return `${min.toLocaleString('en')} to ${max.toLocaleString('en')}${unit === '' ? '' : ` ${unit}`}`;
}

/** The message for a value that is out of range, or not a number. */
export function describeMiss(range: NumberRange, value: unknown): string {
  const kind = range.fractions ? 'a number' : 'a whole number';
  return `must be ${kind} from ${describeRange(range)}, not ${show(value)}`;
}

/** Decimal numbers only: JavaScript would also take `0x10` and `1e3`. */
const DECIMAL = /^\s*[+-]?(\d+\.?\d*|\.\d+)\s*$/;

/** A query parameter or form field as a number if it is one; otherwise the schema reports what is wrong. */
export function fromText(value: unknown): unknown {
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value;
}

/** A value as people write it; a number far from the range of every field is only called that. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  // never written out: its nesting may be deeper than the stack
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  const text =
    typeof value === 'number'
      ? showNumber(value)
      : typeof value === 'bigint'
        ? String(value)
        : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function showNumber(value: number): string {
  if (Math.abs(value) >= 1e15) return value < 0 ? 'a number that small' : 'a number that large';
  return value.toLocaleString('en', { maximumFractionDigits: 15 });
}
