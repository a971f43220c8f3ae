import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { writeReadableStreamToWritable } from '@remix-run/node';
import { afterEach, expect, test } from 'vitest';
import { paceBy } from './paced-stream';

const PIECE = new Uint8Array(64 * 1_024);

const opened: { close: () => void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

/** A server that answers with these pieces, as Remix would send them; resolves with its one answer, not yet read. */
async function answerWith(pieces: AsyncIterable<Uint8Array>, idleMs?: number): Promise<IncomingMessage> {
  const server = createServer((_request, response: ServerResponse) => {
    writeReadableStreamToWritable(paceBy(response, idleMs)(pieces), response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ close: () => void server.closeAllConnections() }, server);
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1' }, resolve).on('error', reject);
  });
}

/** Resolves when the condition holds; the test's own time-out is the bound. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('pieces are made no faster than they are read, and all of them arrive', async () => {
  const total = 2_000;
  let made = 0;
  async function* pieces() {
    for (; made < total; made += 1) yield PIECE;
  }
  const answer = await answerWith(pieces());
  // it goes on until the buffers of the system are full, and then stops
  for (let quiet = 0; quiet < 20;) {
    const before = made;
    await new Promise((resolve) => setTimeout(resolve, 10));
    quiet = made === before ? quiet + 1 : 0;
  }
  expect(made).toBeLessThan(total / 2);
  let bytes = 0;
  for await (const piece of answer) bytes += (piece as Uint8Array).length;
  expect([bytes, made, answer.complete]).toEqual([total * PIECE.length, total, true]);
});

test('a failure on the way breaks the answer off', async () => {
  async function* pieces() {
    yield PIECE;
    throw new Error('rows changed');
  }
  const answer = await answerWith(pieces());
  const read = async () => {
    for await (const _piece of answer);
  };
  await expect(read()).rejects.toThrow('aborted');
  expect(answer.complete).toBe(false);
});

test('nothing more is made for a reader who has gone away', async () => {
  let isOver = false;
  async function* pieces() {
    try {
      for (;;) yield PIECE;
    } finally {
      isOver = true;
    }
  }
  const answer = await answerWith(pieces());
  answer.destroy();
  await until(() => isOver);
});

test('a reader who takes nothing for too long is ended, and nothing more is made', async () => {
  let isOver = false;
  async function* pieces() {
    try {
      for (;;) yield PIECE;
    } finally {
      isOver = true;
    }
  }
  const answer = await answerWith(pieces(), 100);
  await until(() => isOver);
  const read = async () => {
    for await (const _piece of answer);
  };
  await expect(read()).rejects.toThrow('aborted');
});

test('a reader is not ended for what the server takes long to make', async () => {
  const idleMs = 20;
  async function* pieces() {
    yield PIECE;
    await new Promise((resolve) => setTimeout(resolve, 10 * idleMs));
    yield PIECE;
  }
  const answer = await answerWith(pieces(), idleMs);
  let bytes = 0;
  for await (const piece of answer) bytes += (piece as Uint8Array).length;
  expect([bytes, answer.complete]).toEqual([2 * PIECE.length, true]);
});
