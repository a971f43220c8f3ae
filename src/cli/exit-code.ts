import type { StopSignal } from './command-io';

/** How a command ended, for scripts. */
export const EXIT = {
  pass: 0,
  /** A fault of the program. */
  internal: 1,
  /** The command, its files or its settings are wrong. */
  usage: 2,
  /** A server, PostgreSQL or Redis cannot be reached. */
  unreachable: 3,
  /** An invariant is violated. */
  violated: 10,
  /** A race was expected and did not show. */
  notReproduced: 11,
  inconclusive: 12,
  /** A threshold is crossed. */
  threshold: 99,
  /** The terminal has gone. */
  hungUp: 129,
  interrupted: 130,
  /** The reader of the output has gone before the end, as `head` does. */
  unread: 141,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The code of a command that a signal has ended: 128 and the signal's number, as shells have it. */
export const SIGNALLED: Readonly<Record<StopSignal, ExitCode>> = {
  SIGHUP: EXIT.hungUp,
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
};
