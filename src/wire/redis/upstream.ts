import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readCommandTable, type CommandTable } from './command-table';
import { RespFramer } from './resp-framer';
import { decodeResp, RespError, type RespValue } from './resp-value';

const DEFAULT_PORT = 6379;
const TIMEOUT_MS = 10_000;

/** Opens a connection to the Redis of a `redis://` or `rediss://` address, without logging in. */
export function connectUpstream(upstream: URL): Socket {
  const host = upstream.hostname.replace(/^\[|\]$/g, '');
  const port = Number(upstream.port || DEFAULT_PORT);
  const socket =
    upstream.protocol === 'rediss:' ? connectTls({ host, port, servername: host }) : connect({ host, port });
  return socket.setNoDelay(true);
}

/**
 * Reads from the server which commands it has, over a connection of its own with user and password of the address.
 *
 * @throws Error if the server cannot be reached, or refuses
 */
export async function fetchCommandTable(upstream: URL): Promise<CommandTable> {
  const socket = connectUpstream(upstream);
  try {
    const password = decodeURIComponent(upstream.password);
    if (password) {
      const user = decodeURIComponent(upstream.username);
      await ask(socket, user ? ['AUTH', user, password] : ['AUTH', password]);
    }
    return readCommandTable(await ask(socket, ['COMMAND']));
  } finally {
    socket.destroy();
  }
}

/** Sends one command and reads its reply. */
function ask(socket: Socket, words: readonly string[]): Promise<RespValue> {
  const request = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('');
  const framer = new RespFramer('replies');
  const pieces: Buffer[] = [];
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      reject(
        new Error(
          `Redis at ${socket.remoteAddress ?? 'its address'} did not say which commands it has: ${why}`,
        ),
      );
    };
    const failed = (error: Error) => fail(error.message);
    const closed = () => fail('it closed the connection');
    const read = (chunk: Buffer) => {
      pieces.push(chunk);
      if (framer.next(chunk, 0) === -1) return;
      socket
        .off('data', read)
        .off('error', failed)
        .off('close', closed)
        .on('error', () => undefined);
      const value = decodeResp(Buffer.concat(pieces));
      if (value instanceof RespError) fail(value.message);
      else resolve(value);
    };
    socket.on('data', read).on('error', failed).on('close', closed);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no reply within ${TIMEOUT_MS / 1_000} s`)));
    socket.write(`*${words.length}\r\n${request}`);
  });
}
