import { expect, test, vi } from 'vitest';
import { openTcpGate } from '../fixtures/database/tcp-gate';
import { nth, useHeldRedis } from '../fixtures/wire/held-redis';
import { openRawRedis } from '../fixtures/wire/raw-redis';

const wire = useHeldRedis();
const { held, replied, opened, closed, start, open, letThrough } = wire;

test('a client that leaves takes its server connection with it, and what was held is void', async () => {
  const raw = await open();
  raw.send(['WATCH', 'a'], ['SET', 'a', '1'], ['SET', 'b', '1']);
  await letThrough(1);
  const command = await nth(held, 2);
  const clients = async () => (await wire.direct.ask(['CLIENT', 'LIST']))[0]?.split('\n').length ?? 0;
  const before = await clients();
  raw.socket.destroy();
  await nth(closed, 1);
  expect(command.state).toBe('void');
  command.release();
  expect(wire.proxy.connections.size).toBe(0);
  await vi.waitFor(async () => expect(await clients()).toBeLessThan(before));
  expect(await wire.direct.ask(['EXISTS', 'a', 'b'])).toEqual([':0\r\n']);
});

test('a server that leaves closes the client, after a reply that was held', async () => {
  const raw = await open();
  raw.send(['QUIT']);
  (await nth(held, 1)).release();
  const command = await nth(replied, 1);
  await vi.waitFor(() => expect(opened[0]?.isUp).toBe(false));
  expect(closed).toEqual([]);
  command.deliver();
  await raw.ended;
  expect(raw.received()).toBe('+OK\r\n');
  await nth(closed, 1);
});

test('a server that breaks off closes the client and voids what is held', async () => {
  await wire.proxy.close();
  const gate = await openTcpGate(wire.redis.url);
  try {
    await start({ upstream: gate.url });
    const raw = await open();
    raw.send(['SET', 'a', '1']);
    const command = await nth(held, 1);
    gate.reset();
    await raw.ended;
    await nth(closed, 1);
    expect(command.state).toBe('void');
    // and one whose server cannot be reached
    await gate.shut();
    const refused = await openRawRedis(wire.proxy.url).catch((error: unknown) => String(error));
    expect(refused).toContain('ended');
  } finally {
    await gate.close();
  }
});

test('the owner can break a connection with a reply that never arrives', async () => {
  const raw = await open();
  raw.send(['SET', 'a', '1']);
  (await nth(held, 1)).release();
  const command = await nth(replied, 1);
  command.connection.destroy();
  await raw.ended;
  expect(raw.received()).toBe('');
  expect(command.state).toBe('void');
  expect(await wire.direct.ask(['GET', 'a'])).toEqual(['$1\r\n1\r\n']);
});
