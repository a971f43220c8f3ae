import type { Finding, FindingKind } from './verdict';
import type { Expected } from './strategy';
import type { StepKind } from './step-kind';

/** What is explored: every order in which two or three attempts of one strategy can take their steps. */
export interface ExplorationPlan {
  strategy: string;
  /** Units that each attempt wants; as many attempts as there are entries, two or three. */
  quantities: number[];
  /** Units that each item has. */
  stock: number;
  /** Items that the attempts are spread over, in turn; 1: all buy the same. */
  items: number;
  /** Whether the attempts share a process's memory (1), or each have their own (2). */
  processes: 1 | 2;
  /** Whether one attempt may die before any of its steps that touches something, or while it waits for a lock. */
  crash: boolean;
  /** Whether the lease of a Redis lock may expire while an attempt holds it, once per schedule. */
  leaseExpiry: boolean;
  /** Whether schedules that differ only in the order of steps that cannot affect each other are run once. */
  reduction: boolean;
  /** Schedules run at most; a larger tree is not begun, unless `sample` or `preemptions` bound it. */
  maxSchedules: number;
  /**
   * Most preemptions: times that a schedule switches away from an attempt that could go on; null: no bound. Turns
   * reduction off.
   */
  preemptions: number | null;
  /** Instead of all schedules, this many drawn at random by `seed`; null: all. Turns reduction off. */
  sample: number | null;
  /** How often an attempt may retry before its schedule is cut off. */
  maxRetries: number;
  /** Seed for the schedules of a sample, and for everything that a strategy draws. */
  seed: number;
}

export const EXPLORATION_STATUSES = [
  'queued',
  'running',
  'stopping',
  'finished',
  'stopped',
  'refused',
  'failed',
  'interrupted',
] as const;

export type ExplorationStatus = (typeof EXPLORATION_STATUSES)[number];

/** One SQL statement as it was sent. Values that differ from run to run are put in words (`item`, `T1`). */
export interface SentStatement {
  text: string;
  values: unknown[];
  /** True: sent in an earlier move, where it had to wait; this is its result. */
  hasWaited?: true;
  /** The first rows of the result, by column; absent while it waits, or when it failed. */
  rows?: Record<string, unknown>[];
  /** Rows read or changed. */
  rowCount?: number;
  /** SQLSTATE and message, when it failed. */
  error?: string;
}

/** One Redis command as it was sent. */
export interface SentCommand {
  command: string;
  args: string[];
  answer?: unknown;
  error?: string;
}

/** An attempt by its position in the schedule: T1, T2, T3. */
export type Actor = `T${number}`;

/** One move of a schedule: an attempt takes a step, goes on with one, or something happens to it. */
export interface Move {
  actor: Actor;
  /** `step`: takes a step. `crash`: dies before it, or waiting in it. `lease`: the lease of its Redis lock expires. */
  event: 'step' | 'crash' | 'lease';
  step: string;
  /** True: it dies while it waits for a lock, and not before the step. */
  hadToWait?: true;
  kind: StepKind;
  /** What the attempt sent, in order, as far as it got. */
  sql: SentStatement[];
  redis: SentCommand[];
  /**
   * What the attempt waits for after this move; empty when it does not wait. `memory`: something in its own process.
   */
  waitsFor: (Actor | 'memory' | 'another session')[];
  /** Attempts that waited and could go on because of this move, with what they sent then. */
  woke: { actor: Actor; step: string; sql: SentStatement[]; redis: SentCommand[] }[];
  /** The results of attempts that ended in this move. */
  ended: AttemptEnd[];
}

export interface AttemptEnd {
  actor: Actor;
  outcome: string;
  reason?: string;
  seen?: { stock?: number; version?: number };
  remaining?: number;
}

/** One schedule, move by move, with its result. The same id gives the same schedule. */
export interface ScheduleView {
  id: string;
  moves: Move[];
  outcomes: AttemptEnd[];
  findings: Finding[];
  /** Units left, by item. */
  stock: number[];
  /** The final rows of the orders table. */
  orders: { actor: string; quantity: number }[];
  /** How often the schedule switched away from an attempt that could have gone on. */
  preemptions: number;
  /** Why the schedule was cut off, if it was. */
  cut?: string;
}

/** Schedules with the same result. */
export interface OutcomeRow<Kind extends string = FindingKind> {
  /** Sorted outcomes of the attempts: `['accepted', 'sold-out']`. */
  outcomes: string[];
  /** Kinds of findings; none: nothing was found. */
  findings: Kind[];
  /** Schedules that were run and had this result. */
  run: number;
  /** Schedules that these stand for, including equivalent ones that were not run. */
  schedules: number;
  /** The simplest of them: fewest preemptions, then fewest moves, then alphabetical order. */
  example: string;
}

/** Schedules that refuse a buyer whom a serial order would serve. They break no invariant: no unit is sold twice. */
export interface Undersold {
  /** Schedules that were run and did so, and those that they stand for. */
  run: number;
  schedules: number;
  /** Attempts that were told sold out although enough units for them were left, and that a serial order would serve. */
  refused: Actor[];
  /** The simplest of them. */
  example: string;
  /** A serial schedule that serves an attempt which the example refuses. */
  servedBy: string;
}

/** What exactly the exploration covered. */
export interface Coverage {
  /** Number of all schedules. */
  possible: number;
  /** False: `possible` is an estimate, from the choices along the schedules that were run. */
  isExact: boolean;
  /** `possible` is no estimate but what is certain, because the search was stopped. */
  isLeast?: boolean;
  /** Schedules run to their end and judged. */
  run: number;
  /** Schedules that were not run because each differs from one that was only in the order of independent steps. */
  pruned: number;
  /** Runs abandoned half-way, when everything left in them had already been run. */
  abandoned: number;
  /** Of `run`: those drawn at random. */
  sampled: number;
  /** Draws behind `sampled`: the same schedule may be drawn again, and is run and judged once. */
  drawn: number;
  /** Schedules left out because they have more preemptions than the plan allows: prefixes at which that happened. */
  overPreemptions: number;
  /** Schedules that were cut off and only finished in one order from there. */
  cut: number;
  cutReasons: string[];
  /** Whether nothing was left out: no cut, no bound, no sample, not stopped. */
  isComplete: boolean;
  /** Schedules that were taken to have the result of another, and did not when they were run; absent: none. */
  unconfirmed?: string[];
  /** Schedules that came to something else when they ran again; absent: none, or none had to. */
  unsteady?: string[];
  /** Statements that change rows which name no item, so that schedules leave them for the next; absent: none. */
  remains?: string[];
  /** Keys of Redis that name no item, that schedules write, and that were there before; absent: none. */
  foundBefore?: string[];
}

export interface Exploration {
  strategy: string;
  expected: Expected;
  plan: ExplorationPlan;
  coverage: Coverage;
  /** Most schedules first. */
  outcomes: OutcomeRow[];
  /** Whether any schedule that was run breaks an invariant. */
  verdict: 'violated' | 'none-found';
  /** The result in one careful sentence. */
  reason: string;
  /** The simplest schedule that breaks an invariant; null when none does. */
  violation: ScheduleView | null;
  /** Schedules that refuse a buyer in vain; null when none does, absent in results from before this was recorded. */
  undersold?: Undersold | null;
  /** Steps that each attempt took at most. */
  stepsPerAttempt: number[];
  /** Why the exploration ended early: a schedule never ends, or could not be followed. */
  unfinished?: string;
}

export interface ExplorationProgress {
  run: number;
  /** Schedules known to be still to run; more may be discovered. */
  open: number;
  violated: number;
}

/** An exploration without its result, as lists show it. */
export interface ExplorationHead {
  id: string;
  status: ExplorationStatus;
  reason: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  plan: ExplorationPlan;
  progress: ExplorationProgress;
}

/** An exploration as it is stored and returned. */
export interface ExplorationView extends ExplorationHead {
  result: Exploration | null;
}

/** Explorations, newest first; `nextCursor` asks for the ones after these, null at the end. */
export interface ExplorationPage {
  explorations: ExplorationHead[];
  nextCursor: string | null;
}

/** The letter of an attempt in a schedule's id. */
export function letterOf(index: number): string {
  return String.fromCharCode(97 + index);
}

/** A schedule's id: a letter per move, followed by `!` where the attempt dies and by `*` where its lease expires. */
export const SCHEDULE_ID = /^(?:[abc][!*]?){1,400}$/;

export function parseScheduleId(id: string): string[] | null {
  return SCHEDULE_ID.test(id) ? (id.match(/[abc][!*]?/g) ?? []) : null;
}
