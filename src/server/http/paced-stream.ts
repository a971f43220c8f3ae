import type { ServerResponse } from 'node:http';

/** A reader who takes nothing for so long is gone, ms. */
const IDLE_MS = 60_000;

/**
 * Makes the body of a response piece by piece, each when what came before has been taken: Remix writes a stream into the
 * response without waiting, which would hold a large export in memory for a slow reader. A reader who has gone away, or
 * takes nothing for `idleMs`, ends the making. A failure on the way breaks the connection off, so that no reader takes
 * half a file for a whole one.
 */
export function paceBy(
  response: ServerResponse,
  idleMs = IDLE_MS,
): (pieces: AsyncIterable<Uint8Array>) => ReadableStream<Uint8Array> {
  return (pieces) => {
    const iterator = pieces[Symbol.asyncIterator]();
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          await drained(response, idleMs);
          if (response.destroyed) {
            await iterator.return?.();
            return controller.close();
          }
          const next = await iterator.next();
          if (next.done) controller.close();
          else controller.enqueue(next.value);
        },
        async cancel() {
          await iterator.return?.();
        },
      },
      { highWaterMark: 0 },
    );
  };
}

/**
 * Resolves once the response takes more, or never will. The socket's own time-out watches the reader: it starts anew
 * whenever the system could send some of what is waiting.
 */
function drained(response: ServerResponse, idleMs: number): Promise<void> {
  if (response.destroyed || !response.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const abandon = () => void response.destroy();
    const go = () => {
      response.off('drain', go).off('close', go).off('timeout', abandon).setTimeout(0);
      resolve();
    };
    response.on('drain', go).on('close', go).on('timeout', abandon).setTimeout(idleMs);
  });
}
