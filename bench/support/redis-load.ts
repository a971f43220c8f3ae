import { once } from 'node:events';
import { connect } from 'node:net';
import { RespFramer } from '@/wire/redis/resp-framer';

/** A connection that sends the same command again and again, as cheaply as Node can. */
export interface RedisLoad {
  /** Sends so many commands in one piece. @returns once all replies are there */
  send: (commands: number) => Promise<void>;
  close: () => void;
}

/** @param url of Redis, with the password */
export async function openRedisLoad(url: string, words: readonly string[]): Promise<RedisLoad> {
  const { hostname, port, password, username } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  const framer = new RespFramer('replies');
  let missing = 0;
  let arrived = (): void => undefined;
  let failed = (_: Error): void => undefined;
  socket.on('data', (piece) => {
    for (let at = 0; at < piece.length;) {
      if (piece[at] === 0x2d && framer.isBetweenFrames) failed(new Error(piece.toString('utf8', at)));
      const end = framer.next(piece, at);
      if (end === -1) return;
      missing -= 1;
      at = end;
    }
    if (missing === 0) arrived();
  });
  socket.on('error', (error) => failed(error));
  socket.on('close', () => failed(new Error('the connection was closed')));
  const sendBytes = (bytes: Buffer, replies: number) =>
    new Promise<void>((resolve, reject) => {
      missing = replies;
      arrived = resolve;
      failed = reject;
      socket.write(bytes);
    });
  if (password) {
    await sendBytes(
      encode(['AUTH', decodeURIComponent(username) || 'default', decodeURIComponent(password)]),
      1,
    );
  }
  const command = encode(words);
  const pieces = new Map<number, Buffer>();
  return {
    send: (commands) => {
      const piece = pieces.get(commands) ?? Buffer.concat(Array.from({ length: commands }, () => command));
      pieces.set(commands, piece);
      return sendBytes(piece, commands);
    },
    close: () => socket.destroy(),
  };
}

function encode(words: readonly string[]): Buffer {
  const bulks = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${bulks.join('')}`);
}
