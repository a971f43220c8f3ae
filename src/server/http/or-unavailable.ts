import type { LabUnavailableError, Refusal, RefusalKind } from '@/lib/lab-error';

const STATUSES: Record<RefusalKind, number> = {
  invalid: 400,
  'not-found': 404,
  conflict: 409,
  limit: 429,
  unavailable: 503,
};

/** The HTTP status of a refusal by the lab. */
export function statusOf({ kind }: Pick<Refusal, 'kind'>): number {
  return STATUSES[kind];
}

/** What error pages show: words for a person, never a stack. */
export interface PageProblem {
  code: string;
  message: string;
}

/** An error response for a loader or action to throw; the nearest error boundary shows it. */
export function pageError(status: number, problem: PageProblem): Response {
  return Response.json(problem, { status });
}

/**
 * Awaits the lab, and turns "the database is down" into a response for an error page. Recognises the error by name,
 * because the class is loaded twice (by the server and by the routes), so that `instanceof` would fail.
 */
export async function orUnavailable<T>(ask: Promise<T>): Promise<T> {
  try {
    return await ask;
  } catch (error) {
    if (isLabUnavailable(error)) {
      const problem = { code: error.code, message: error.message };
      throw Response.json(problem, { status: 503, headers: { 'retry-after': '1' } });
    }
    throw error;
  }
}

/** Whether the lab threw because something it needs, usually the database, is down or busy. */
export function isLabUnavailable(error: unknown): error is LabUnavailableError {
  return error instanceof Error && error.name === 'LabUnavailableError';
}
