import { answerError } from './api-response';

/** The largest body any endpoint needs is a few hundred bytes. */
const MAX_BYTES = 64 * 1024;
/** A refused body is read up to here, so that the client is not cut off before it can read the refusal. */
const MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

export type ReadJson = { ok: true; value: unknown } | { ok: false; response: Response };

/** The request's JSON body; `{}` when there is none. Refuses other content types (415), bad JSON (400), size (413). */
export async function readJson(request: Request): Promise<ReadJson> {
  const text = await readText(request);
  if (text === undefined) {
    const message = `The body may have ${MAX_BYTES / 1024} KiB at most.`;
    return { ok: false, response: answerError(413, { code: 'too-large', message }) };
  }
  if (text === '') return { ok: true, value: {} };
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    const message = `Send application/json, not ${type ?? 'a body without content type'}.`;
    return { ok: false, response: answerError(415, { code: 'unsupported-media-type', message }) };
  }
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    const message = 'The body is not valid JSON.';
    return { ok: false, response: answerError(400, { code: 'bad-json', message }) };
  }
}

async function readText(request: Request): Promise<string | undefined> {
  if (!request.body) return '';
  if (Number(request.headers.get('content-length') ?? Number.POSITIVE_INFINITY) <= MAX_BYTES) {
    return request.text();
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size <= MAX_BYTES) chunks.push(chunk);
    if (size > MAX_DISCARDED_BYTES) break;
  }
  return size > MAX_BYTES ? undefined : Buffer.concat(chunks).toString();
}
