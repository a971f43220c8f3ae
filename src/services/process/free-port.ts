import { createServer, type AddressInfo } from 'node:net';

/** A port of 127.0.0.1 that was free a moment ago; another process can still take it before it is used. */
export async function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** A start function throws it when its port was taken between choice and use. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
}

const ATTEMPTS = 5;

/**
 * Runs `start` on a free loopback port, and again on another one when it throws PortTakenError.
 *
 * @throws any other error of `start`, or the last PortTakenError after five ports
 */
export async function startOnFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await findFreePort());
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === ATTEMPTS) throw error;
    }
  }
}
