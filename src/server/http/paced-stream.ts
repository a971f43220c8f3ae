import type { ServerResponse } from 'node:http';

/** A reader that takes nothing for this long is gone, ms. */
const IDLE_MS = 60_000;

/**
 * Writes the body of a response piece by piece, each when the reader has taken the one before: Remix writes a stream
 * into the response without waiting, which would hold a large export in memory for a slow reader. When the reader
 * disconnects, or takes nothing for `idleMs`, no further piece is produced. A failure in between breaks the connection
 * off, so that no reader takes half a file for a whole one.
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
 * Resolves once the response takes more, or never will. The socket's own time-out watches the reader: it restarts
 * whenever the system could send some of the waiting data.
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
