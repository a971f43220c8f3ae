/** A problem with one field of a request. */
export interface Issue {
  path: string;
  message: string;
}

/** What is wrong: a code for programs, a message for people, and the fields that are to blame. */
export interface Problem {
  code: string;
  message: string;
  issues?: Issue[];
}

/**
 * Why the lab refuses: what was asked for is not there, contradicts the state of things, passes a limit, or is wrong in
 * itself; or the lab cannot do it now.
 */
export type RefusalKind = 'not-found' | 'conflict' | 'limit' | 'invalid' | 'unavailable';

/** A refusal that is the caller's to mend, or the state of things; never a bug. */
export interface Refusal {
  ok: false;
  kind: RefusalKind;
  error: Problem;
}

export type Result<T = object> = ({ ok: true } & T) | Refusal;

export function refuse(kind: RefusalKind, code: string, message: string, issues?: Issue[]): Refusal {
  return { ok: false, kind, error: { code, message, ...(issues && { issues }) } };
}

/** The lab cannot answer now: its database does not, or as many requests as may wait are waiting already. */
export class LabUnavailableError extends Error {
  override readonly name = 'LabUnavailableError';

  constructor(
    message: string,
    readonly code: 'database-unavailable' | 'busy',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
