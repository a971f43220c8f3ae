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
  /** Whether the attempts share a process's memory (1), or have one each (2). */
  processes: 1 | 2;
  /** Whether one attempt may die before any of its steps that touches something, or while it waits for a lock. */
  crash: boolean;
  /** Whether the lease of a Redis lock may run out while an attempt holds it, once a schedule. */
  leaseExpiry: boolean;
  /** Whether schedules that differ only in the order of steps that cannot affect each other are run once. */
  reduction: boolean;
  /** Schedules run at most; a larger tree is not begun, unless `sample` or `preemptions` bound it. */
  maxSchedules: number;
  /** Times at most that a schedule may turn from an attempt that could go on; null: no bound. Turns reduction off. */
  preemptions: number | null;
  /** Instead of all schedules, this many drawn at random by `seed`; null: all. Turns reduction off. */
  sample: number | null;
  /** Times that an attempt may try again before its schedule is cut off. */
  maxRetries: number;
  /** For what is drawn: schedules of a sample, and whatever a strategy draws. */
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

/** One SQL statement that was really sent. Values that differ from run to run are put in words (`item`, `T1`). */
export interface SentStatement {
  text: string;
  values: unknown[];
  /** True: sent in an earlier move, where it had to wait; here is what came of it. */
  hasWaited?: true;
  /** The first rows that came back, by column; absent while it waits, or when it failed. */
  rows?: Record<string, unknown>[];
  /** Rows read or changed. */
  rowCount?: number;
  /** SQLSTATE and message, when it failed. */
  error?: string;
}

/** One Redis command that was really sent. */
export interface SentCommand {
  command: string;
  args: string[];
  answer?: unknown;
  error?: string;
}

/** An attempt by its place in the schedule: T1, T2, T3. */
export type Actor = `T${number}`;

/** One move of a schedule: an attempt takes a step, goes on with one, or something happens to it. */
export interface Move {
  actor: Actor;
  /** `step`: takes a step. `crash`: dies before it, or waiting in it. `lease`: the lease of its Redis lock runs out. */
  event: 'step' | 'crash' | 'lease';
  step: string;
  /** True: it dies where it waits for a lock, and not before the step. */
  hadToWait?: true;
  kind: StepKind;
  /** What it sent, in order, up to where it came. */
  sql: SentStatement[];
  redis: SentCommand[];
  /** Who it waits for after this move; empty when it does not. `memory`: for something in its own process. */
  waitsFor: (Actor | 'memory' | 'another session')[];
  /** Attempts that waited and could go on because of this move, with what they did then. */
  woke: { actor: Actor; step: string; sql: SentStatement[]; redis: SentCommand[] }[];
  /** What attempts came to that ended in this move. */
  ended: AttemptEnd[];
}

export interface AttemptEnd {
  actor: Actor;
  outcome: string;
  reason?: string;
  seen?: { stock?: number; version?: number };
  remaining?: number;
}

/** One schedule, move by move, and what came of it. The same id gives the same schedule. */
export interface ScheduleView {
  id: string;
  moves: Move[];
  outcomes: AttemptEnd[];
  findings: Finding[];
  /** Units left, by item. */
  stock: number[];
  /** Orders as they stand in the table. */
  orders: { actor: string; quantity: number }[];
  /** Times the schedule turned from an attempt that could have gone on. */
  preemptions: number;
  /** Why it was cut off, if it was. */
  cut?: string;
}

/** Schedules that came to the same. */
export interface OutcomeRow {
  /** Sorted outcomes of the attempts: `['accepted', 'sold-out']`. */
  outcomes: string[];
  /** Kinds of findings; none: nothing was found. */
  findings: FindingKind[];
  /** Schedules that were run and came to this. */
  run: number;
  /** Schedules that these stand for, those that were not run for being equal included. */
  schedules: number;
  /** The simplest of them: fewest preemptions, then fewest moves, then the first by its letters. */
  example: string;
}

/** Schedules that refuse a buyer whom a serial order would serve. They break no invariant: no unit is sold twice. */
export interface Undersold {
  /** Schedules that were run and did so, and those that they stand for. */
  run: number;
  schedules: number;
  /** Attempts that were told sold out although enough units for them were left, and that some order of one after the other serves. */
  refused: Actor[];
  /** The simplest of them. */
  example: string;
  /** A schedule of one attempt after the other that serves one whom the example refuses. */
  servedBy: string;
}

/** What was covered, exactly. */
export interface Coverage {
  /** Schedules that there are. */
  possible: number;
  /** False: `possible` is an estimate, from the choices that there were along the schedules that were run. */
  isExact: boolean;
  /** Schedules run to their end and judged. */
  run: number;
  /** Schedules not run because each only swaps steps that cannot affect each other in one that was. */
  pruned: number;
  /** Runs that were given up half-way, when nothing was left in them that had not been run. */
  abandoned: number;
  /** Of `run`: those drawn at random. */
  sampled: number;
  /** Draws that these came of: the same schedule may be drawn again, and is run and judged once. */
  drawn: number;
  /** Schedules left out because they turn more often than the plan allows: prefixes at which that happened. */
  overPreemptions: number;
  /** Schedules that were cut off and only finished in one order from there. */
  cut: number;
  cutReasons: string[];
  /** Whether nothing was left out: no cut, no bound, no sample, not stopped. */
  isComplete: boolean;
  /** Schedules that were taken to come to what another came to, and did not when they were run; absent: none. */
  unconfirmed?: string[];
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
  /** One careful sentence. */
  reason: string;
  /** The simplest schedule that breaks something; null when none does. */
  violation: ScheduleView | null;
  /** Schedules that refuse a buyer in vain; null when none does, absent in results from before this was looked at. */
  undersold?: Undersold | null;
  /** Steps that each attempt took at most. */
  stepsPerAttempt: number[];
  /** Why it ended before its time: a schedule that never ends, or that could not be followed. */
  unfinished?: string;
}

export interface ExplorationProgress {
  run: number;
  /** Schedules known to be still to run; more may come to light. */
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

/** What a schedule's id is made of: a letter a move, followed by `!` where the attempt dies and by `*` where its lease runs out. */
export const SCHEDULE_ID = /^(?:[abc][!*]?){1,400}$/;

export function parseScheduleId(id: string): string[] | null {
  return SCHEDULE_ID.test(id) ? (id.match(/[abc][!*]?/g) ?? []) : null;
}
