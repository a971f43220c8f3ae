import { Agent, request } from 'undici';

/** An HTTP request to the app. */
export interface AppRequest {
  method: string;
  /** With its query, such as `/buy?sku=a`. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
}

/** What an HTTP request came to. */
export interface AppAnswer {
  /** HTTP status; 0: there was no answer. */
  status: number;
  body: string;
  /** Its headers of this name. */
  setCookie?: string[];
}

/** What is kept of an answer's body, bytes. */
const MOST_BYTES = 1_000_000;

/** Sends requests to one instance, each over a connection of its own, and follows no redirects. */
export class RequestSender {
  private readonly agent: Agent;

  constructor(
    private readonly origin: string,
    timeoutMs: number,
  ) {
    this.agent = new Agent({ pipelining: 0, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  }

  /** Never rejects: without an answer the status is 0 and the body says why. */
  async send({ method, path, headers, body }: AppRequest, signal?: AbortSignal): Promise<AppAnswer> {
    try {
      const answer = await request(new URL(path, this.origin), {
        ...{ method: method as 'POST', headers, body, signal, dispatcher: this.agent },
      });
      const setCookie = [answer.headers['set-cookie'] ?? []].flat();
      return {
        ...{ status: answer.statusCode, body: await readBody(answer.body) },
        ...(setCookie.length > 0 && { setCookie }),
      };
    } catch (error) {
      return { status: 0, body: error instanceof Error ? error.message : String(error) };
    }
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}

async function readBody(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes <= MOST_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
