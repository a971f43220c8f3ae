/** A problem with one field of a request. */
export interface Issue {
  path: string;
  message: string;
}

/** The one error shape of the API. */
export interface ApiErrorBody {
  code: string;
  message: string;
  issues?: Issue[];
}

/** A refusal that is the caller's to mend, or the state of things; never a bug. */
export interface Refusal {
  ok: false;
  status: number;
  error: ApiErrorBody;
}

export type Result<T = object> = ({ ok: true } & T) | Refusal;

export function refuse(status: number, code: string, message: string, issues?: Issue[]): Refusal {
  return { ok: false, status, error: { code, message, ...(issues && { issues }) } };
}

export function unknownRace(id: string): Refusal {
  return refuse(404, 'unknown-race', `There is no race ${id}.`);
}

/** The lab cannot answer now: its database does not, or as many requests as may wait are waiting already. */
export class LabUnavailableError extends Error {
  override readonly name = 'LabUnavailableError';
  readonly status = 503;

  constructor(
    message: string,
    readonly code: 'database-unavailable' | 'busy',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
