import type { Level } from '@/model/isolation';

/** One statement of one transaction, in script order. `$1` is the run. */
export interface Line {
  /** 1, 2 or 3. */
  transaction: number;
  /** SQL, `commit` or `abort`. */
  does: string;
}

/** What a script observed. */
export interface Seen {
  /** Rows that a transaction read, one list per read, in order. */
  reads: (transaction: number) => { id: number; value: number }[][];
  /** Whether a transaction committed. */
  committed: (transaction: number) => boolean;
  /** The final rows: value by id. */
  final: ReadonlyMap<number, number>;
}

/** An anomaly as a script of two or three transactions over the rows (1, 10) and (2, 20). */
export interface Script {
  id: string;
  title: string;
  meaning: string;
  lines: Line[];
  /** Whether the script observed the anomaly. */
  occurs: (seen: Seen) => boolean;
  /** Levels at which PostgreSQL allows the anomaly, as published by Hermitage (https://github.com/ept/hermitage). */
  publishedAt: Level[];
}

const TABLE = 'isolation_rows';

/** A statement that reads all rows, or those that meet a condition. */
export function read(condition = ''): string {
  return `select id, value from ${TABLE} where run = $1${condition && ` and ${condition}`} order by id`;
}

export function set(id: number, value: number): string {
  return `update ${TABLE} set value = ${value} where run = $1 and id = ${id}`;
}

export function update(change: string, condition = ''): string {
  return `update ${TABLE} set value = ${change} where run = $1${condition && ` and ${condition}`}`;
}

export function insert(id: number, value: number): string {
  return `insert into ${TABLE} (run, id, value) values ($1, ${id}, ${value})`;
}

export function remove(condition: string): string {
  return `delete from ${TABLE} where run = $1 and ${condition}`;
}

/** Lines of a script: `lines('1', read(), '2', set(1, 11), …)`. */
export function lines(...parts: (number | string)[]): Line[] {
  const found: Line[] = [];
  for (let i = 0; i + 1 < parts.length; i += 2)
    found.push({ transaction: Number(parts[i]), does: String(parts[i + 1]) });
  return found;
}
