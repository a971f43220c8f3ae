import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket, type SecureContext } from 'node:tls';

const SSL_REQUEST = 80877103;
const GSS_ENCRYPTION_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
/** PostgreSQL's own limit. */
const LONGEST_PACKET = 10_000;

/** Where PostgreSQL is. */
export type Upstream = NetConnectOpts & {
  /** `require` speaks TLS with it, and believes any certificate, as libpq does in that mode. */
  readonly tls?: 'require';
};

/** What a client wants of the server: a session, or the end of another one's statement. */
export interface Wanted {
  readonly kind: 'session' | 'cancel';
  /** As the client sent it. */
  readonly packet: Buffer;
  /** The client's socket, within TLS if it has asked for that. */
  readonly socket: Socket;
}

/**
 * Reads what a client sends before its session begins.
 *
 * @param secureContext for TLS; without one, the answer to a request for it is no
 * @returns undefined if the client left, or sent what is no PostgreSQL
 */
export async function readWanted(
  socket: Socket,
  secureContext: () => Promise<SecureContext> | undefined,
): Promise<Wanted | undefined> {
  const head = await readBytes(socket, 8);
  if (!head) return undefined;
  const length = head.readInt32BE(0);
  const code = head.readInt32BE(4);
  if (length < 8 || length > LONGEST_PACKET) return undefined;
  const rest = length === 8 ? Buffer.alloc(0) : await readBytes(socket, length - 8);
  if (!rest) return undefined;
  if (code === SSL_REQUEST || code === GSS_ENCRYPTION_REQUEST) {
    const context = code === SSL_REQUEST && !(socket instanceof TLSSocket) ? secureContext() : undefined;
    if (!context) {
      socket.write('N');
      return readWanted(socket, secureContext);
    }
    const secure = await serveTls(socket, await context);
    return secure && readWanted(secure, () => undefined);
  }
  const packet = Buffer.concat([head, rest]);
  return { kind: code === CANCEL_REQUEST ? 'cancel' : 'session', packet, socket };
}

/** Reads names and values of a StartupMessage. */
export function readParameters(packet: Buffer): Map<string, string> {
  const fields = packet.toString('utf8', 8).split('\0');
  const parameters = new Map<string, string>();
  for (let i = 0; fields[i]; i += 2) parameters.set(fields[i] ?? '', fields[i + 1] ?? '');
  return parameters;
}

/** @throws Error if PostgreSQL cannot be reached, or has no TLS although it is required */
export async function connectUpstream({ tls, ...address }: Upstream): Promise<Socket> {
  const socket = connect({ noDelay: true, ...address } as NetConnectOpts);
  await settled(socket, 'connect');
  if (tls === undefined) return socket;
  const request = Buffer.alloc(8);
  request.writeInt32BE(8, 0);
  request.writeInt32BE(SSL_REQUEST, 4);
  socket.write(request);
  const answer = await readBytes(socket, 1);
  if (answer?.toString() !== 'S') {
    socket.destroy();
    throw new Error('the server does not offer TLS');
  }
  const secure = connectTls({ socket, rejectUnauthorized: false });
  await settled(secure, 'secureConnect');
  return secure;
}

async function serveTls(socket: Socket, secureContext: SecureContext): Promise<Socket | undefined> {
  // what came before the handshake could have been sent by anybody
  if (socket.readableLength > 0) return undefined;
  socket.write('S');
  const secure = new TLSSocket(socket, { isServer: true, secureContext });
  try {
    await settled(secure, 'secure');
    return secure;
  } catch {
    return undefined;
  }
}

/** Resolves with the event, rejects when the socket fails or closes first. */
function settled(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const clear = () => {
      socket.off(event, done).off('error', fail).off('close', close);
    };
    const done = () => {
      clear();
      resolve();
    };
    const fail = (error: Error) => {
      clear();
      // a second error, of a socket that nobody waits for any more, must not end the process
      socket.on('error', () => undefined).destroy();
      reject(error);
    };
    const close = () => fail(new Error('the connection was closed'));
    socket.once(event, done).once('error', fail).once('close', close);
  });
}

/** Exactly so many bytes; `undefined` if the socket ends before. What comes after them stays in the socket. */
function readBytes(socket: Socket, count: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const done = (bytes: Buffer | undefined) => {
      socket.off('readable', read).off('close', end).off('end', end).off('error', end);
      resolve(bytes);
    };
    const read = () => {
      const bytes = socket.read(count) as Buffer | null;
      if (bytes) done(bytes.length === count ? bytes : undefined);
    };
    const end = () => done(undefined);
    socket.on('readable', read).on('close', end).on('end', end).on('error', end);
    read();
  });
}
