import { OUTCOMES, outcomeCode } from '@/model/outcome';

/** The result of one attempt, as its client saw it. Times are from `nowUs`, set by the client; NaN where not known. */
export interface Answer {
  callUs: number;
  returnUs: number;
  /** Index into `OUTCOMES`. */
  outcome: number;
  /** HTTP status, 0 without a response. */
  status: number;
  retries: number;
  orderId: number;
  remaining: number;
  seenStock: number;
  seenVersion: number;
  /** The fencing token under which the attempt held its lock. */
  token: number;
  /** The server's steps, flat: index, start, end. */
  trace: number[];
}

const ERROR = OUTCOMES.indexOf('error');
const INDETERMINATE = OUTCOMES.indexOf('indeterminate');

/** The request was not sent, so it cannot have sold anything. */
export function notSent(): Answer {
  return withoutWord(ERROR, 0);
}

/** The request may have arrived, and its result will never be known. `status` as far as a response had come. */
export function unanswered(status: number): Answer {
  return withoutWord(INDETERMINATE, status);
}

/**
 * Reads the response to `attemptId`. One that names another attempt belongs to another request and says nothing about
 * this one. Without an outcome in the body, only a 4xx proves that nothing was sold.
 */
export function readAnswer(status: number, body: string, attemptId: string): Answer {
  const answer = parseAnswer(body);
  if (answer?.attemptId !== undefined && answer.attemptId !== attemptId) return unanswered(status);
  const told = typeof answer?.outcome === 'string' ? outcomeCode(answer.outcome) : undefined;
  const isRefused = status >= 400 && status < 500;
  if (!answer) return withoutWord(isRefused ? ERROR : INDETERMINATE, status);
  const seen = isRecord(answer.seen) ? answer.seen : {};
  return {
    callUs: Number.NaN,
    returnUs: Number.NaN,
    outcome: told ?? (isRefused ? ERROR : INDETERMINATE),
    status,
    retries: toRetries(answer.retries),
    orderId: toWhole(answer.orderId),
    remaining: toWhole(answer.remaining),
    seenStock: toWhole(seen.stock),
    seenVersion: toWhole(seen.version),
    token: toWhole(answer.token),
    trace: Array.isArray(answer.trace) ? answer.trace.map(toWhole) : [],
  };
}

function withoutWord(outcome: number, status: number): Answer {
  const { NaN: unknown } = Number;
  return {
    callUs: unknown,
    returnUs: unknown,
    outcome,
    status,
    retries: 0,
    orderId: unknown,
    remaining: unknown,
    seenStock: unknown,
    seenVersion: unknown,
    token: unknown,
    trace: [],
  };
}

function parseAnswer(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/**
 * A whole number that is kept without loss, or NaN, since an endpoint may send anything. Order ids arrive as strings,
 * because they are 64 bits wide in the database.
 */
function toWhole(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : Number.NaN;
}

/** The log stores retries in 16 bits; a larger number cannot be a real count. */
function toRetries(value: unknown): number {
  const retries = toWhole(value);
  return retries >= 0 && retries <= 0xffff ? retries : 0;
}
