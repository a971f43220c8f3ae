import { OUTCOMES, outcomeCode } from '@/model/outcome';

/** What one attempt came to, as its buyer saw it. Times from `nowUs`, filled in by the buyer; NaN where nobody said. */
export interface Answer {
  callUs: number;
  returnUs: number;
  /** Index into `OUTCOMES`. */
  outcome: number;
  /** HTTP status, 0 without an answer. */
  status: number;
  retries: number;
  orderId: number;
  remaining: number;
  seenStock: number;
  seenVersion: number;
  /** The fencing token that the attempt held its lock under. */
  token: number;
  /** The server's steps, flat: index, start, end. */
  trace: number[];
}

const ERROR = OUTCOMES.indexOf('error');
const INDETERMINATE = OUTCOMES.indexOf('indeterminate');

/** Nothing was sent, so nothing can have been sold. */
export function notSent(): Answer {
  return withoutWord(ERROR, 0);
}

/** Something may have arrived, and nobody will hear what came of it. `status` as far as an answer had come. */
export function unanswered(status: number): Answer {
  return withoutWord(INDETERMINATE, status);
}

/**
 * What the answer to `attemptId` says. One that names another attempt belongs to somebody else, and says nothing of
 * this one. Without a word on the outcome, only a 4xx says that nothing was sold.
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
 * A whole number that is kept without loss, or NaN: what an endpoint says may be anything. Order ids come as strings,
 * because they are 64 bits wide in the database.
 */
function toWhole(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : Number.NaN;
}

/** The log keeps retries in 16 bits; a number beyond them was not counted by anybody. */
function toRetries(value: unknown): number {
  const retries = toWhole(value);
  return retries >= 0 && retries <= 0xffff ? retries : 0;
}
