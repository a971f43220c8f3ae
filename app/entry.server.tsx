import { PassThrough } from 'node:stream';
import type { AppLoadContext, EntryContext } from '@remix-run/node';
import { createReadableStreamFromReadable } from '@remix-run/node';
import { RemixServer } from '@remix-run/react';
import { isbot } from 'isbot';
import { renderToPipeableStream } from 'react-dom/server';
import { CspNonce } from '~/ui/shell/csp-nonce';

// the command line renders its HTML reports with this build (src/cli/formats/html-format.ts)
export { renderCheckReport } from '~/features/check/check-report.server';
export { renderHtmlReport } from '~/features/race/html-report.server';

/** Longer than any loader should take; a page that is not ready by then is abandoned. */
const RENDER_TIMEOUT_MS = 8_000;

/** Renders a page: streamed to browsers as soon as its frame is ready, in one piece to robots. */
export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  { cspNonce }: AppLoadContext,
): Promise<Response> {
  const waitForAll = isbot(request.headers.get('user-agent') ?? '');
  return new Promise((resolve, reject) => {
    let answered = false;
    let failed = false;
    const answer = () => {
      answered = true;
      const body = new PassThrough();
      headers.set('Content-Type', 'text/html; charset=utf-8');
      resolve(
        new Response(createReadableStreamFromReadable(body), { headers, status: failed ? 500 : status }),
      );
      pipe(body);
      clearTimeout(abandon);
    };
    const { pipe, abort } = renderToPipeableStream(
      <CspNonce.Provider value={cspNonce}>
        <RemixServer
          context={remixContext}
          url={request.url}
          nonce={cspNonce}
          abortDelay={RENDER_TIMEOUT_MS}
        />
      </CspNonce.Provider>,
      {
        nonce: cspNonce,
        [waitForAll ? 'onAllReady' : 'onShellReady']: answer,
        onShellError: reject,
        onError: (error: unknown) => {
          failed = true;
          // before the first byte the rejection above reports it
          if (answered) console.error(error);
        },
      },
    );
    const abandon = setTimeout(
      () => abort(new Error('The page took too long to render.')),
      RENDER_TIMEOUT_MS,
    );
  });
}

/** Logs an unexpected error of a loader or action. Bad requests already have their response, and are not logged. */
export function handleError(
  error: unknown,
  { request, context }: { request: Request; context: AppLoadContext },
): void {
  const isBadRequest = error instanceof Error && /^(?:Invalid request method|You made a)/.test(error.message);
  if (!isBadRequest && !request.signal.aborted) context.reportError(error);
}
