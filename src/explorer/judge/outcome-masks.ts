import type { AppAnswer } from '@/app-under-test/send-request';

/** A row that differs from the start state: added (`before` null), deleted (`after` null), or changed. Values as text. */
export interface RowChange {
  /** With its schema, as the catalogue names it. */
  table: string;
  before: Row | null;
  after: Row | null;
}

export type Row = Readonly<Record<string, string | null>>;

/** What came of the requests of one schedule. */
export interface AppOutcome {
  /** By request; undefined for one that was not sent. */
  answers: readonly (AppAnswer | undefined)[];
  rows: readonly RowChange[];
}

/** An outcome in a form that can be compared: equal text, equal outcome. */
export interface ComparableOutcome {
  answers: readonly (string | undefined)[];
  rows: string;
}

const MASK = '*';

/**
 * What differs between two runs of the same requests in the same order says nothing about their order: ids from sequences, times,
 * tokens. Learned from such pairs of runs, and left out of every comparison.
 */
export class OutcomeMasks {
  /** `shop.orders.id`: columns whose values differ. */
  private readonly columns = new Set<string>();
  /** `T1 $.order.id`: places in an answer; `T1` alone: all of its text. */
  private readonly places = new Set<string>();

  /** Compares two runs of the same order. */
  learn(one: AppOutcome, other: AppOutcome): void {
    for (const [i, answer] of one.answers.entries()) {
      const again = other.answers[i];
      if (answer && again) this.learnAnswer(nameOf(i), answer, again);
    }
    this.learnRows(one.rows, other.rows);
  }

  /** What is left out, sorted, to be shown. */
  list(): string[] {
    return [...this.columns, ...this.places].sort();
  }

  toComparable({ answers, rows }: AppOutcome): ComparableOutcome {
    return {
      answers: answers.map((answer, i) => answer && this.maskAnswer(nameOf(i), answer)),
      rows: rows
        .map((row) => this.maskRow(row))
        .sort()
        .join('\n'),
    };
  }

  private learnAnswer(name: string, one: AppAnswer, other: AppAnswer): void {
    const [left, right] = [parseJson(one.body), parseJson(other.body)];
    if (left === undefined || right === undefined) {
      if (one.body !== other.body) this.places.add(name);
    } else this.learnPlaces(`${name} $`, left, right);
  }

  private learnPlaces(place: string, one: unknown, other: unknown): void {
    if (JSON.stringify(one) === JSON.stringify(other)) return;
    if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other))
      return void this.places.add(place);
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)]))
      this.learnPlaces(at(place, one, key), one[key], other[key]);
  }

  /**
   * Pairs the rows of two runs: those of one table that differ in the fewest columns. Masks can only grow, so that a pairing that
   * could be better costs precision and never makes two outcomes equal that were told apart before.
   */
  private learnRows(one: readonly RowChange[], other: readonly RowChange[]): void {
    const rest = [...other];
    for (const row of one) {
      const pairs = rest
        .filter((candidate) => isAlike(row, candidate))
        .map((candidate) => ({ candidate, columns: differences(row, candidate) }))
        .sort((a, b) => a.columns.length - b.columns.length);
      const [best] = pairs;
      if (!best) continue;
      rest.splice(rest.indexOf(best.candidate), 1);
      for (const column of best.columns) this.columns.add(`${row.table}.${column}`);
    }
  }

  private maskAnswer(name: string, { status, body }: AppAnswer): string {
    const value = parseJson(body);
    if (value === undefined) return `${status} ${this.places.has(name) ? MASK : body}`;
    return `${status} ${JSON.stringify(this.maskPlaces(`${name} $`, value))}`;
  }

  private maskPlaces(place: string, value: unknown): unknown {
    if (this.places.has(place)) return MASK;
    if (!isObject(value)) return value;
    const masked = Object.keys(value)
      .sort()
      .map((key): [string, unknown] => [key, this.maskPlaces(at(place, value, key), value[key])]);
    return Array.isArray(value) ? masked.map(([, one]) => one) : Object.fromEntries(masked);
  }

  private maskRow({ table, before, after }: RowChange): string {
    return `${table} ${this.maskCells(table, before)} -> ${this.maskCells(table, after)}`;
  }

  private maskCells(table: string, row: Row | null): string {
    if (!row) return 'none';
    const cells = Object.keys(row)
      .sort()
      .map((column) => [column, this.columns.has(`${table}.${column}`) ? MASK : row[column]]);
    return JSON.stringify(Object.fromEntries(cells));
  }
}

function nameOf(i: number): string {
  return `T${i + 1}`;
}

/** All elements of an array share a place: how many there are may depend on the order. */
function at(place: string, parent: object, key: string): string {
  return Array.isArray(parent) ? `${place}[]` : `${place}.${key}`;
}

function isAlike(one: RowChange, other: RowChange): boolean {
  const isSame = (a: Row | null, b: Row | null) => (a === null) === (b === null);
  return one.table === other.table && isSame(one.before, other.before) && isSame(one.after, other.after);
}

function differences(one: RowChange, other: RowChange): string[] {
  const columns = new Set<string>();
  for (const [a, b] of [
    [one.before, other.before],
    [one.after, other.after],
  ])
    for (const column of Object.keys(a ?? {})) if (a?.[column] !== b?.[column]) columns.add(column);
  return [...columns];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
