/** The conditions of a search on a row; all must hold. Times in microseconds. */
export interface LogQuery {
  /** Attempt number. */
  n?: number;
  /** Bounds of discarded tries, latency and units left, both inclusive. */
  retries?: Bounds;
  took?: Bounds;
  left?: Bounds;
}

export interface Bounds {
  least: number;
  most: number;
}

/** The parsed text of a search field: a query, or what is wrong with it. */
export type ParsedSearch = { ok: true; query: LogQuery } | { ok: false; message: string };

const TERM =
  /^(retries|took|latency|left|remaining)\s*(<=|>=|<|>|=|\s)\s*(-?\d+(?:\.\d+)?)\s*(us|µs|ms|s)?$/i;
const UNITS: Record<string, number> = { us: 1, µs: 1, ms: 1_000, s: 1_000_000 };
const FIELDS: Record<string, 'retries' | 'took' | 'left'> = {
  retries: 'retries',
  took: 'took',
  latency: 'took',
  left: 'left',
  remaining: 'left',
};

/**
 * Parses a search: `#120` or a whole attempt id, `retries > 0`, `took > 50 ms`, `left < 0`, or several of them. Latency
 * without a unit is in milliseconds. Empty text matches everything.
 */
export function parseSearch(text: string): ParsedSearch {
  const query: LogQuery = {};
  for (const term of splitTerms(text)) {
    const number = /^(?:#|attempt\s+|\w+\.\d+\.)?(\d{1,9})$/i.exec(term)?.[1];
    const bound = readBound(term);
    if (number !== undefined) query.n = Number(number);
    else if (bound) query[bound.field] = meet(query[bound.field], bound.bounds);
    else return { ok: false, message: explain(term) };
  }
  return { ok: true, query };
}

function explain(term: string): string {
  const kept = /^order\b/i.test(term)
    ? ' Rows do not hold their orders: open one to see its order.'
    : /^(status|http)\b/i.test(term)
      ? ' Rows hold outcomes: filter by outcome.'
      : '';
  return `“${term}” is not understood.${kept}`;
}

/** Terms are separated by commas, by “and”, or by the space before the next word. */
function splitTerms(text: string): string[] {
  return text
    .split(/\s*,\s*|\s+and\s+|\s+(?=#|(?:retries|took|latency|left|remaining|attempt|order|status)\b)/i)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

function readBound(term: string): { field: 'retries' | 'took' | 'left'; bounds: Bounds } | null {
  const [, word = '', sign = '', digits = '', unit] = TERM.exec(term) ?? [];
  const field = FIELDS[word.toLowerCase()];
  if (!field || (unit !== undefined && field !== 'took')) return null;
  const value =
    field === 'took' ? Number(digits) * (UNITS[(unit ?? 'ms').toLowerCase()] ?? 1) : Number(digits);
  return { field, bounds: boundsOf(sign, value) };
}

/** Rows hold integers, so an open bound is the next integer. */
function boundsOf(sign: string, value: number): Bounds {
  switch (sign) {
    case '<':
      return { least: -Infinity, most: Math.ceil(value) - 1 };
    case '<=':
      return { least: -Infinity, most: Math.floor(value) };
    case '>':
      return { least: Math.floor(value) + 1, most: Infinity };
    case '>=':
      return { least: Math.ceil(value), most: Infinity };
    default:
      return { least: value, most: value };
  }
}

function meet(before: Bounds | undefined, { least, most }: Bounds): Bounds {
  return {
    least: Math.max(before?.least ?? -Infinity, least),
    most: Math.min(before?.most ?? Infinity, most),
  };
}

/** Whether the query has no conditions. */
export function isEmptyQuery(query: LogQuery): boolean {
  return Object.keys(query).length === 0;
}
