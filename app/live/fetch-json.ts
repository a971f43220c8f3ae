/** Reads JSON from the API. @throws Error with the API's own message, or the name of the data and the HTTP status */
export async function fetchJson<T>(path: string, what: string, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(path, { headers: { accept: 'application/json' }, signal: signal ?? null });
  if (answer.ok) return (await answer.json()) as T;
  const body = (await answer.json().catch(() => null)) as { error?: { message?: string } } | null;
  throw new Error(body?.error?.message ?? `${what} could not be read (HTTP ${answer.status}).`);
}
