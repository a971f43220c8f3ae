import { z } from 'zod';
import type { Steps } from '@/model/columns';
import type { FinalState } from '@/model/final-state';
import type { History } from '@/model/history';
import { wholeNumber } from '@/plan/input-messages';

/**
 * `oversell-history`, a lane's history as lines of JSON: a header, every attempt, every order, the final state, and an
 * end with counts and a digest. docs/history-format.md describes it. Any addition or change of meaning raises the
 * version: readers refuse what they do not know, as ignoring it could reverse a verdict.
 */
export const FORMAT = 'oversell-history';
export const FORMAT_VERSION = 2;
/** Versions that can be read. The first one has no `wait` and no `pending` times, and counts as a file without them. */
export const READABLE_VERSIONS = [1, FORMAT_VERSION] as const;

/** The unit and the origin of every time in a file. */
export const CLOCK = 'microseconds since the start of the load';

/** A longer line is refused before it is held in memory; bytes. An attempt has 100 to 500. */
export const MAX_LINE_BYTES = 1_048_576;
/** Most attempts, and most orders, of a lane. Memory grows with what a file really holds, not with this limit. */
export const MAX_ROWS = 20_000_000;
/** Most characters of ids of orders that are not numbers, and of attempts that are another lane's, together. */
export const MAX_TEXT = 200_000_000;
/** Most units of one attempt or order: sums of them are kept in 32 bits. */
export const MAX_QUANTITY = 1_000_000;
/** Largest time, stock, version or token. Below 2^53, where sums and differences are exact. */
export const MAX_NUMBER = 1e15;

const name = z.string().min(1).max(1_000);
const units = (least = -MAX_NUMBER) => wholeNumber(least, MAX_NUMBER);
const planValue = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string()).max(1_000)]);

/** First line of a lane. */
export const headerLine = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(READABLE_VERSIONS),
  /** Program and version. */
  writtenBy: name.optional(),
  exportedAt: z.iso.datetime().optional(),
  raceId: name.optional(),
  /** Index of the lane within its race. */
  lane: units(0).default(0),
  /** Which lane of the file this is, counted from 1, and how many there are: a file that lacks some is cut off. */
  part: z.tuple([units(1), units(1)]).default([1, 1]),
  /** What was raced: whose rules judge it. */
  scenario: name.default('inventory'),
  strategy: name,
  expected: z.enum(['unsafe', 'conditional', 'safe']).optional(),
  sku: name.optional(),
  /** Units on sale at the start. */
  initialStock: units(0),
  /** Attempt n has the id `attemptPrefix` + n. */
  attemptPrefix: z.string().max(1_000),
  /** The load plan, for people; the audit does not use it. */
  plan: z.record(z.string().max(100), planValue).optional(),
  /** Why the lane ended before its plan did ("by request"); absent when it ran to its end. */
  stopped: z.string().max(1_000).optional(),
  /** The result of the unsafe twin under the same load; absent without one. It decides what an `ok` is worth. */
  control: z.strictObject({ strategy: name, broke: z.boolean() }).optional(),
  clock: z.literal(CLOCK).optional(),
  /** Names that the steps of attempts refer to. */
  stepNames: z.array(name).max(10_000).default([]),
});

/** A row of the orders table. */
export const orderLine = z.strictObject({
  /** Its id, as text because it has 64 bits. */
  order: name,
  /** The attempt id that it names. */
  attempt: z.string().max(1_000),
  quantity: wholeNumber(1, MAX_QUANTITY),
});

/** The other input of the audit, read after the last attempt: a FinalState without what other lines hold. */
export const finalLine = z.strictObject({
  final: z.strictObject({
    finalStock: units(),
    restocked: units(0).optional(),
    counter: z.strictObject({ store: name, remaining: units().nullable() }).optional(),
    givesBack: z.boolean().optional(),
    stillRunning: units(0).optional(),
    connections: units(1).optional(),
  }),
});

/** Last line of a lane: how many attempts and orders there are, and the SHA-256 of all its lines before this one. */
export const endLine = z.strictObject({
  end: z.strictObject({
    attempts: wholeNumber(0, MAX_ROWS),
    orders: wholeNumber(0, MAX_ROWS),
    /** Optional for files written by hand; this program always writes it. */
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
      .optional(),
  }),
});

export type HistoryHeader = z.infer<typeof headerLine>;

/** A header as the writer receives it: without the values that are the same in every file. */
export type HeaderFacts = Omit<z.input<typeof headerLine>, 'format' | 'version' | 'clock'>;

/** A lane as it was recorded: everything that its audit needs. */
export interface LaneFile {
  header: HistoryHeader;
  history: History;
  final: FinalState;
  /** What each attempt did when, where the reader was asked to keep it. */
  steps?: Steps;
  /** Whether the lane carried a digest, which was correct then. */
  sealed: boolean;
}
