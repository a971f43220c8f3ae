import type { RedisUnderTest } from '@/model/redis-under-test';
import type { StepKind } from '@/model/step-kind';
import type { PurchaseRequest } from '@/model/strategy';
import type { PurchaseResult } from '@/scenarios/inventory/purchase/purchase';
import type { RegisteredStrategy } from '@/scenarios/registry';
import type { SentRedis, SentSql } from './actor';
import type { Enabled, Run, Scheduler, Transition } from '../../search/backend';
import { lastToStep } from '../../search/preemption';
import type { Monitor, Session } from './session';

/** Connections of the one schedule that runs in this slot. */
export interface Slot {
  sessions: Session[];
  monitor: Monitor;
  redis: RedisUnderTest;
}

/** What is run: an attempt for each request, through the strategy at the same index. */
export interface ScheduleInput {
  strategies: RegisteredStrategy[];
  requests: PurchaseRequest[];
  crash: boolean;
  leaseExpiry: boolean;
  maxRetries: number;
  /** Whether the order in which transactions begin counts, because they read the server's clock. */
  comparesTimes: boolean;
  seed: number;
  /** Remembers keys of Redis that belong to no item, before a command is sent that may change them. */
  keepShared?: (keys: readonly string[], writes: boolean) => Promise<void>;
  /** Called when a connection to Redis that an attempt has for itself has ended. */
  redisLost?: (error: Error) => void;
  /** Aborted when the schedule is to end where it is. */
  signal?: AbortSignal;
}

/** A transition of an attempt that may happen next. */
export interface EnabledStep extends Enabled {
  step: string;
  kind: StepKind;
}

export interface SentBy {
  actor: number;
  step: string;
  sql: SentSql[];
  redis: SentRedis[];
}

/** What an attempt did, with the statements and commands it sent. */
export interface TakenStep extends Transition, EnabledStep {
  /** What the attempt itself sent, and what the attempts sent that it woke. */
  sent: SentBy;
  woke: SentBy[];
  waitsFor: (number | 'memory')[];
  /** Attempts whose buyers were answered in this transition, or never will be. */
  ended: number[];
  /** True: the attempt died while it waited for a lock. */
  hadToWait?: true;
}

/** Chooses the next transition by its token; null abandons the schedule. Any `Scheduler` is one. */
export type StepScheduler = (enabled: EnabledStep[], taken: TakenStep[]) => string | null;

export interface ScheduleRun extends Run {
  moves: TakenStep[];
  /** Null for an attempt that died before its buyer was answered. */
  receipts: (PurchaseResult | null)[];
  /** Whether a transaction read the server's clock. */
  readsTimes: boolean;
  /** Microseconds on the schedule's own clock. */
  times: { call: number; return: number }[];
}

/** Goes on with the attempt that took the latest step, or else with the first that can. */
export const straightOn: Scheduler = (enabled, taken) => {
  const steps = enabled.filter(({ event }) => event === 'step');
  const last = lastToStep(taken);
  return (steps.find(({ actor }) => actor === last) ?? steps[0])?.token ?? null;
};
