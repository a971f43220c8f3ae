import type { Issue, Problem, Refusal } from '@/lib/lab-error';
import { isLabUnavailable, statusOf } from './or-unavailable';

/** JSON that no cache keeps. */
export function answer(
  body: unknown,
  init: { status?: number; headers?: Record<string, string> } = {},
): Response {
  return Response.json(body, { ...init, headers: { 'cache-control': 'no-store', ...init.headers } });
}

/** The response to a request that starts a job: its id, and the address where to read about it. */
export function answerStarted(id: string, url: string): Response {
  return answer({ id, url }, { status: 202, headers: { location: url } });
}

/** An error in the one shape of the API: `{ error: { code, message, issues? } }`. */
export function answerError(status: number, error: Problem, headers: Record<string, string> = {}): Response {
  return answer({ error }, { status, headers });
}

export function answerRefusal({ kind, error }: Refusal): Response {
  const mayPass = kind === 'limit' || kind === 'unavailable';
  return answerError(statusOf({ kind }), error, mayPass ? { 'retry-after': '1' } : {});
}

export function answerBadInput(issues: Issue[]): Response {
  return answerError(400, { code: 'bad-input', message: summarise(issues), issues });
}

function summarise(issues: Issue[]): string {
  return issues.map(({ path, message }) => (path ? `${path} ${message}` : message)).join('; ');
}

export function methodNotAllowed(...allowed: string[]): Response {
  const message = `Use ${allowed.join(' or ')} here.`;
  return answerError(405, { code: 'method-not-allowed', message }, { allow: allowed.join(', ') });
}

/** Refuses a HEAD request, which must not change anything; for GET endpoints with effects. */
export function refuseHead({ method }: Request): Response | undefined {
  return method === 'HEAD' ? methodNotAllowed('GET') : undefined;
}

/** Runs an API handler; a busy lab, or one without its database, is a 503 in the API's own error format. */
export async function api(handler: () => Promise<Response>): Promise<Response> {
  try {
    return await handler();
  } catch (error) {
    if (!isLabUnavailable(error)) throw error;
    return answerError(503, { code: error.code, message: error.message }, { 'retry-after': '1' });
  }
}
