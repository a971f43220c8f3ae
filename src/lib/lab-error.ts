/** A problem with one field of a request. */
export interface Issue {
  path: string;
  message: string;
}

/** A problem: a code for programs, a message for people, and the fields that cause it. */
export interface Problem {
  code: string;
  message: string;
  issues?: Issue[];
}

/**
 * Why the lab refuses: the requested thing does not exist, contradicts the current state, exceeds a limit, or is
 * invalid in itself; or the lab cannot do it now.
 */
export type RefusalKind = 'not-found' | 'conflict' | 'limit' | 'invalid' | 'unavailable';

/** A refusal that the caller can fix, or that the current state causes; never a bug. */
export interface Refusal {
  ok: false;
  kind: RefusalKind;
  error: Problem;
}

export type Result<T = object> = ({ ok: true } & T) | Refusal;

export function refuse(kind: RefusalKind, code: string, message: string, issues?: Issue[]): Refusal {
  return { ok: false, kind, error: { code, message, ...(issues && { issues }) } };
}

/** The lab is unavailable: its database or a folder cannot be read, or as many requests as may wait are waiting already. */
export class LabUnavailableError extends Error {
  override readonly name = 'LabUnavailableError';

  constructor(
    message: string,
    readonly code: 'database-unavailable' | 'results-unavailable' | 'busy',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
