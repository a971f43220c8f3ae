import type { Problem } from '@/lib/lab-error';
import type { AttemptRecord } from '@/model/attempt-record';
import type { StrategyInfo } from '@/model/strategy';
import { COMMAND_LINE_AGENT } from '@/plan/input-schemas';
import { UsageError } from '../command-io';
import { RefusedError, UnreachableError } from './command-lab';
import type { CommandLab, JobViews } from './command-lab';

/** A look is a request, which the server answers beside the race. */
const LOOK_EVERY_MS = 500;
/** A server that is up answers within this, ms. */
const TIMEOUT_MS = 10_000;
/** So long a part of a history may take, ms: the server reads it from its database, and others may be before. */
const SILENCE_MS = 60_000;

const COLLECTION: Record<keyof JobViews, string> = {
  race: 'races',
  experiment: 'experiments',
  exploration: 'explorations',
};

/**
 * Opens the lab of a running server over its HTTP API.
 *
 * @param address such as `http://127.0.0.1:3000`
 * @throws UsageError when it is no address, UnreachableError when no Oversell answers there
 */
export async function openLabOfServer(address: string): Promise<CommandLab> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new UsageError(`--server takes an address like http://127.0.0.1:3000, not "${address}"`);
  if (url.pathname !== '/' || url.search !== '')
    throw new UsageError(`--server takes the address of a server alone: ${url.origin}`);
  const { origin } = url;
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('user-agent', COMMAND_LINE_AGENT);
    const signal = init.signal ?? AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(origin + path, { ...init, headers, signal }).catch((error: unknown) => {
      if (error instanceof UnreachableError) throw error;
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new UnreachableError(`${origin} cannot be reached: ${messageOf(cause)}`);
    });
    if (response.ok) return response;
    throw await toError(origin, response);
  };
  const json = async <T>(path: string, init?: RequestInit): Promise<T> => {
    const response = await call(path, init);
    return (await response.json().catch(() => {
      throw new UnreachableError(`${origin} does not answer as Oversell does.`);
    })) as T;
  };
  const post = (body: object): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

  const health = await json<{ version?: string }>('/api/health');
  const strategies = await json<StrategyInfo[]>('/api/strategies');
  if (typeof health.version !== 'string' || !Array.isArray(strategies))
    throw new UnreachableError(`${origin} does not answer as Oversell does.`);
  return {
    strategies,
    writtenBy: `oversell ${health.version}`,
    lookEveryMs: LOOK_EVERY_MS,
    start: async (kind, request) =>
      (await json<{ id: string }>(`/api/${COLLECTION[kind]}`, post(request))).id,
    read: (kind, id) => json(`/api/${COLLECTION[kind]}/${encodeURIComponent(id)}`),
    stop: async (kind, id) => {
      // a second stop of a race kills what the first left in flight
      await call(`/api/${COLLECTION[kind]}/${encodeURIComponent(id)}/stop`, { method: 'POST' });
    },
    readHistory: async (raceId) => {
      const silence = new AbortController();
      const path = `/api/races/${encodeURIComponent(raceId)}/export.ndjson`;
      const response = call(path, { signal: silence.signal });
      const { body } = await endIfSilent(response, silence, origin);
      if (!body) throw new UnreachableError(`${origin} sent no history.`);
      return readWhileItComes(body, silence, origin);
    },
    readAttempt: (raceId, lane, n) =>
      json<AttemptRecord>(`/api/races/${encodeURIComponent(raceId)}/attempts/${n}?lane=${lane}`).catch(
        (error: unknown) => {
          if (error instanceof RefusedError) return null;
          throw error;
        },
      ),
    pageOf: (raceId) => `${origin}/races/${raceId}`,
    close: async () => undefined,
  };
}

/** A history has no length that is known beforehand: its parts may come for as long as they keep coming. */
async function* readWhileItComes(
  body: ReadableStream<Uint8Array>,
  silence: AbortController,
  origin: string,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await endIfSilent(reader.read(), silence, origin);
      if (done) return;
      yield value;
    }
  } finally {
    silence.abort();
  }
}

/** Ends the call when the server sends nothing for a while. @throws UnreachableError */
async function endIfSilent<T>(next: Promise<T>, silence: AbortController, origin: string): Promise<T> {
  const message = `${origin} has sent nothing of the history for ${SILENCE_MS / 1_000} s.`;
  const timer = setTimeout(() => silence.abort(new UnreachableError(message)), SILENCE_MS);
  try {
    return await next;
  } finally {
    clearTimeout(timer);
  }
}

async function toError(origin: string, response: Response): Promise<Error> {
  const body = (await response.json().catch(() => null)) as { error?: Problem; checks?: unknown } | null;
  const ill = complaintsOf(body?.checks);
  if (ill.length > 0) return new UnreachableError(`${origin} is not well: ${ill.join(' ')}`);
  const problem = body?.error;
  if (typeof problem?.message !== 'string')
    return new UnreachableError(`${origin} answers ${response.status}, and not as Oversell does.`);
  if (response.status >= 500) return new UnreachableError(problem.message);
  return new RefusedError(problem, response.status === 429);
}

/** What health says of the services that it cannot reach. */
function complaintsOf(checks: unknown): string[] {
  if (typeof checks !== 'object' || checks === null) return [];
  return Object.values(checks as Record<string, unknown>).flatMap((check) => {
    const message = (check as { message?: unknown } | null)?.message;
    return typeof message === 'string' ? [message] : [];
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
