import type { StepKind } from '../step-kind';
import type { Receipt } from '../purchase/purchase.server';
import type { RedisUnderTest } from '../redis-under-test';
import type { RegisteredStrategy } from '../registry.server';
import type { PurchaseRequest } from '../strategy';
import type { SentRedis, SentSql } from './actor.server';
import type { Footprint } from './footprint';
import { lastToStep } from './preemption';
import type { Monitor, Seat } from './seat.server';

/** Connections that one schedule at a time uses. */
export interface Table {
  seats: Seat[];
  monitor: Monitor;
  redis: RedisUnderTest;
}

/** What is run: an attempt for each request, through the strategy of the same place. */
export interface Cast {
  strategies: RegisteredStrategy[];
  requests: PurchaseRequest[];
  crash: boolean;
  leaseExpiry: boolean;
  maxRetries: number;
  seed: number;
  /** Whether a statement of the strategy is known to read orders, so that it may tell which of two came first. */
  readsOrders: boolean;
}

/** Something that may happen next. */
export interface Option {
  /** The letter of the attempt, with `!` for its death and `*` for the end of its lease. */
  token: string;
  actor: number;
  event: 'step' | 'crash' | 'lease';
  step: string;
  kind: StepKind;
  /** It touches nothing that another attempt could see. */
  isLocal: boolean;
}

export interface SentBy {
  actor: number;
  step: string;
  sql: SentSql[];
  redis: SentRedis[];
}

export interface TakenMove extends Option {
  footprint: Footprint;
  /** What the attempt itself sent, and what those did that it woke. */
  sent: SentBy;
  woke: SentBy[];
  waitsFor: (number | 'memory')[];
  ended: number[];
  /** True: it died where it waited for a lock. */
  hadToWait?: true;
  /** Attempts that could have taken a step instead, this one included. */
  ready: number[];
  /** Whether it turns from an attempt that could have gone on. */
  isPreemption: boolean;
}

/** Says what happens next; null gives the schedule up. */
export type Chooser = (options: Option[], moves: TakenMove[]) => string | null;

export interface ScheduleRun {
  id: string;
  moves: TakenMove[];
  isComplete: boolean;
  /** Why it was cut off: from there on it ran in one order only. */
  cut?: string;
  /** Null for an attempt that died. */
  receipts: (Receipt | null)[];
  /** Microseconds on the schedule's own clock. */
  times: { call: number; return: number }[];
  isSerializable: boolean;
  /** Whether a statement has looked at orders. */
  hasReadOrders: boolean;
}

/** A strategy that the explorer cannot follow. */
export class UnexplorableError extends Error {
  override readonly name = 'UnexplorableError';
}

/** Goes on with whoever took the last step, or the first who can. */
export function straightOn(options: Option[], moves: TakenMove[]): string | null {
  const steps = options.filter(({ event }) => event === 'step');
  const last = lastToStep(moves);
  return (steps.find(({ actor }) => actor === last) ?? steps[0])?.token ?? null;
}
