import type { Writable } from 'node:stream';

/**
 * Makes the body of a response piece by piece, each when what came before has been taken: Remix writes a stream into the
 * response without waiting, which would hold a large export in memory for a slow reader. A reader who has gone away ends
 * the making. A failure on the way breaks the connection off, so that nobody takes half a file for a whole one.
 */
export function paceBy(
  response: Writable,
): (pieces: AsyncIterable<Uint8Array>) => ReadableStream<Uint8Array> {
  return (pieces) => {
    const iterator = pieces[Symbol.asyncIterator]();
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          await drained(response);
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

/** Resolves once the response takes more, or never will. */
function drained(response: Writable): Promise<void> {
  if (response.destroyed || !response.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = () => {
      response.off('drain', settle).off('close', settle);
      resolve();
    };
    response.on('drain', settle).on('close', settle);
  });
}
