import type { Level } from '@/model/isolation';

/** One statement of one transaction, in the order in which the script takes them. `$1` is the run. */
export interface Line {
  /** 1, 2 or 3. */
  transaction: number;
  /** SQL, `commit` or `abort`. */
  does: string;
}

/** What a script came to. */
export interface Seen {
  /** Rows of the reads of a transaction, one list a read, in their order. */
  reads: (transaction: number) => { id: number; value: number }[][];
  /** Whether a transaction committed. */
  committed: (transaction: number) => boolean;
  /** The rows that stand in the end: value by id. */
  final: ReadonlyMap<number, number>;
}

/** An anomaly as a script of two or three transactions over the rows (1, 10) and (2, 20). */
export interface Script {
  id: string;
  title: string;
  meaning: string;
  lines: Line[];
  /** Whether what was seen is the anomaly. */
  occurs: (seen: Seen) => boolean;
  /** Levels at which PostgreSQL lets it happen, as published by Hermitage (https://github.com/ept/hermitage). */
  publishedAt: Level[];
}

const TABLE = 'isolation_rows';

/** Reads rows, all or those that meet a condition. */
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
