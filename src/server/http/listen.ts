import type { Server } from 'node:http';
import { isLoopback, isWildcard } from './cross-site';

const DEFAULT_PORT = 3_000;
const PORTS_TO_TRY = 100;

/** The server cannot listen at the address: another process does, or this user may not. The message is one line. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Listens on the requested port, or on 3000 or the next free one; returns the address to open. */
export async function listen(
  server: Server,
  { host, port }: { host: string; port: number | undefined },
): Promise<string> {
  const first = port ?? DEFAULT_PORT;
  const last = port === undefined ? DEFAULT_PORT + PORTS_TO_TRY - 1 : port;
  // a client's connection may idle between two attempts for longer than Node's default of five seconds
  server.keepAliveTimeout = 75_000;
  // without a file descriptor a connection cannot be accepted: that connection is lost, and the server goes on
  server.on('error', () => undefined);
  for (let candidate = first; candidate <= last; candidate += 1) {
    if (await tryToListen(server, host, candidate)) return originOf(server);
  }
  const ports =
    first === last ? `Port ${first} on ${host} is` : `Ports ${first} to ${last} on ${host} are all`;
  throw new ListenError(`${ports} taken. Set PORT to a free one.`);
}

/** Which machines can use a server that listens there, and by which names. */
export function describeReach(host: string, names: ReadonlySet<string>): string {
  if (isLoopback(host)) return 'Only programs on this machine can reach it.';
  const where = isWildcard(host) ? 'any network of this machine' : host;
  return `Anyone who can reach ${where} can use it, without a login. It answers to ${[...names].join(', ')}; ALLOWED_HOSTS adds names.`;
}

/** The server's address as a URL that this machine can call. */
export function originOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  const { address: host, port, family } = address;
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`;
  if (host === '::') return `http://[::1]:${port}`;
  return family === 'IPv6' ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}

function tryToListen(server: Server, host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off('listening', onListening);
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(new ListenError(`Cannot listen on ${host}:${port} (${error.code ?? error.message}).`));
    };
    const onListening = () => {
      server.off('error', onError);
      resolve(true);
    };
    server.once('error', onError).once('listening', onListening).listen(port, host);
  });
}
