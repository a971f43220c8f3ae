import { insert, lines, read, remove, set, update } from './script';
import type { Script, Seen } from './script';

const firstValue = (seen: Seen, transaction: number, number: number) =>
  seen.reads(transaction)[number]?.[0]?.value;
const everyValue = (seen: Seen, transaction: number) =>
  seen.reads(transaction).flatMap((rows) => rows.map(({ value }) => value));
const bothCommitted = (seen: Seen) => seen.committed(1) && seen.committed(2);

/** Anomalies that PostgreSQL prevents at every level. */
const PREVENTED: Script[] = [
  {
    id: 'G0',
    title: 'Dirty write',
    meaning: 'Two transactions overwrite each other’s rows before either has committed.',
    lines: lines(1, set(1, 11), 2, set(1, 12), 1, set(2, 21), 1, 'commit', 2, set(2, 22), 2, 'commit'),
    occurs: ({ final }) => (final.get(1) === 11) !== (final.get(2) === 21),
    publishedAt: [],
  },
  {
    id: 'G1a',
    title: 'Aborted read',
    meaning: 'A transaction reads what another wrote and then took back.',
    lines: lines(1, set(1, 101), 2, read(), 1, 'abort', 2, read(), 2, 'commit'),
    occurs: (seen) => everyValue(seen, 2).includes(101),
    publishedAt: [],
  },
  {
    id: 'G1b',
    title: 'Intermediate read',
    meaning: 'A transaction reads a value that another has already replaced by its last one.',
    lines: lines(1, set(1, 101), 2, read(), 1, set(1, 11), 1, 'commit', 2, read(), 2, 'commit'),
    occurs: (seen) => everyValue(seen, 2).includes(101),
    publishedAt: [],
  },
  {
    id: 'G1c',
    title: 'Circular information flow',
    meaning: 'Two transactions each read what the other has written.',
    lines: lines(
      1,
      set(1, 11),
      2,
      set(2, 22),
      1,
      read('id = 2'),
      2,
      read('id = 1'),
      1,
      'commit',
      2,
      'commit',
    ),
    occurs: (seen) => firstValue(seen, 1, 0) === 22 && firstValue(seen, 2, 0) === 11,
    publishedAt: [],
  },
  {
    id: 'OTV',
    title: 'Observed transaction vanishes',
    meaning: 'A reader has seen a transaction’s write, and then sees what that write replaced.',
    lines: [
      ...lines(1, set(1, 11), 1, set(2, 19), 2, set(1, 12), 1, 'commit', 3, read('id = 1'), 2, set(2, 18)),
      ...lines(3, read('id = 2'), 2, 'commit', 3, read('id = 2'), 3, read('id = 1'), 3, 'commit'),
    ],
    occurs: (seen) => {
      const values = everyValue(seen, 3);
      const first = values.findIndex((value) => value === 12 || value === 18);
      return first !== -1 && values.slice(first).some((value) => value === 11 || value === 19);
    },
    publishedAt: [],
  },
];

/** Anomalies that a snapshot for the whole transaction prevents. */
const NEED_SNAPSHOT: Script[] = [
  {
    id: 'PMP',
    title: 'Predicate-many-preceders',
    meaning: 'A transaction asks twice, and the second time finds rows that were not there the first time.',
    lines: lines(1, read('value = 30'), 2, insert(3, 30), 2, 'commit', 1, read('value % 3 = 0'), 1, 'commit'),
    occurs: (seen) => (seen.reads(1)[1] ?? []).length > 0,
    publishedAt: ['READ COMMITTED'],
  },
  {
    id: 'PMP (write)',
    title: 'Predicate-many-preceders, by a write',
    meaning: 'A delete passes over a row that meets its condition when it commits.',
    lines: lines(1, update('value + 10'), 2, remove('value = 20'), 1, 'commit', 2, 'commit'),
    occurs: (seen) => bothCommitted(seen) && [...seen.final.values()].includes(20),
    publishedAt: ['READ COMMITTED'],
  },
  {
    id: 'P4',
    title: 'Lost update',
    meaning:
      'Two transactions write what each computed from the same read: one write is as if it had never been.',
    lines: lines(
      ...[1, read('id = 1'), 2, read('id = 1'), 1, set(1, 11), 2, set(1, 11)],
      ...[1, 'commit', 2, 'commit'],
    ),
    occurs: bothCommitted,
    publishedAt: ['READ COMMITTED'],
  },
  {
    id: 'G-single',
    title: 'Read skew',
    meaning: 'A transaction reads one row from before another’s commit and one from after it.',
    lines: lines(
      ...[1, read('id = 1'), 2, read('id = 1'), 2, read('id = 2'), 2, set(1, 12), 2, set(2, 18)],
      ...[2, 'commit', 1, read('id = 2'), 1, 'commit'],
    ),
    occurs: (seen) => firstValue(seen, 1, 0) === 10 && firstValue(seen, 1, 1) === 18,
    publishedAt: ['READ COMMITTED'],
  },
  {
    id: 'G-single (predicate)',
    title: 'Read skew, by a condition',
    meaning: 'The same where the second read finds its rows by a condition.',
    lines: lines(
      ...[1, read('value % 5 = 0'), 2, update('12', 'value = 10'), 2, 'commit'],
      ...[1, read('value % 3 = 0'), 1, 'commit'],
    ),
    occurs: (seen) => (seen.reads(1)[1] ?? []).some(({ value }) => value === 12),
    publishedAt: ['READ COMMITTED'],
  },
  {
    id: 'G-single (write)',
    title: 'Read skew, by a write',
    meaning: 'A transaction reads from before another’s commit and deletes by what is there after it.',
    lines: lines(
      ...[1, read('id = 1'), 2, read(), 2, set(1, 12), 2, set(2, 18), 2, 'commit'],
      ...[1, remove('value = 20'), 1, 'commit'],
    ),
    occurs: bothCommitted,
    publishedAt: ['READ COMMITTED'],
  },
];

/** Anomalies that only SERIALIZABLE prevents. */
const NEED_SERIALIZABLE: Script[] = [
  {
    id: 'G2-item',
    title: 'Write skew',
    meaning: 'Two transactions read the same rows, and each writes one that the other has relied on.',
    lines: lines(
      ...[1, read('id in (1, 2)'), 2, read('id in (1, 2)'), 1, set(1, 11), 2, set(2, 21)],
      ...[1, 'commit', 2, 'commit'],
    ),
    occurs: bothCommitted,
    publishedAt: ['READ COMMITTED', 'REPEATABLE READ'],
  },
  {
    id: 'G2',
    title: 'Write skew, by a condition',
    meaning: 'Two transactions find no row that meets a condition, and each inserts one.',
    lines: lines(
      ...[1, read('value % 3 = 0'), 2, read('value % 3 = 0'), 1, insert(3, 30), 2, insert(4, 42)],
      ...[1, 'commit', 2, 'commit'],
    ),
    occurs: bothCommitted,
    publishedAt: ['READ COMMITTED', 'REPEATABLE READ'],
  },
  {
    id: 'G2 (two edges)',
    title: 'Write skew that only a reader sees',
    meaning:
      'Two writers could have run one by one, but not in an order that fits what a third has read between.',
    lines: lines(
      ...[1, read(), 2, update('value + 5', 'id = 2'), 2, 'commit', 3, read(), 3, 'commit'],
      ...[1, set(1, 0), 1, 'commit'],
    ),
    occurs: (seen) => bothCommitted(seen) && seen.committed(3),
    publishedAt: ['READ COMMITTED', 'REPEATABLE READ'],
  },
];

/** The cases of Hermitage for PostgreSQL, reworded. */
export const SCRIPTS: Script[] = [...PREVENTED, ...NEED_SNAPSHOT, ...NEED_SERIALIZABLE];
