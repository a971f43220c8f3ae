import { expect, test, vi } from 'vitest';
import { nth, useHeldRedis } from '../fixtures/wire/held-redis';
import { openRawRedis } from '../fixtures/wire/raw-redis';

const wire = useHeldRedis();
const { told, held, replied, passed, opened, start, open, letThrough } = wire;

test('a command reaches the server when it is released, and its reply the client when it is delivered', async () => {
  const raw = await open();
  raw.send(['SET', 'a', '1']);
  const command = await nth(held, 1);
  expect(await wire.direct.ask(['GET', 'a'])).toEqual(['$-1\r\n']);
  expect(command).toMatchObject({
    state: 'held',
    name: 'SET',
    db: 3,
  });

  command.release();
  await nth(replied, 1);
  expect(await wire.direct.ask(['GET', 'a'])).toEqual(['$1\r\n1\r\n']);
  expect(command.state).toBe('replied');
  expect(command.reply).toMatchObject({ value: 'OK', text: 'OK', isError: false });
  expect(raw.values).toEqual([]);

  command.deliver();
  await raw.until(1);
  expect(raw.received()).toBe('+OK\r\n');
  expect(command.state).toBe('delivered');
  const { received, held: heldAt = 0, released = 0, replied: at = 0, delivered = 0 } = command.times;
  expect([received, heldAt, released, at, delivered]).toEqual(
    [received, heldAt, released, at, delivered].sort((a, b) => a - b),
  );
});

test('pipelined commands are held one after the other', async () => {
  const raw = await open();
  raw.send(['INCR', 'a'], ['INCR', 'a'], ['GET', 'a']);
  for (let n = 1; n <= 3; n += 1) {
    await nth(held, n);
    expect(held).toHaveLength(n);
    await letThrough(n);
  }
  await raw.until(3);
  expect(told.map((line) => line.replace(/ \d+ /, ' '))).toEqual([
    'held INCR a',
    'replied INCR a',
    'held INCR a',
    'replied INCR a',
    'held GET a',
    'replied GET a',
  ]);
});

test('the owner decides the order of two connections', async () => {
  const [first, second] = [await open(), await open()];
  first.send(['SET', 'a', 'first']);
  await nth(held, 1);
  second.send(['SET', 'a', 'second', 'GET']);
  const [one, two] = [await nth(held, 1), await nth(held, 2)];
  two.release();
  await nth(replied, 1);
  one.release();
  await nth(replied, 2);
  one.deliver();
  await first.until(1);
  expect(second.values).toEqual([]);
  two.deliver();
  await second.until(1);
  expect(second.values).toEqual(['$-1\r\n']);
  expect(await wire.direct.ask(['GET', 'a'])).toEqual(['$5\r\nfirst\r\n']);
});

test('commands inside MULTI pass, and EXEC is held with what it runs', async () => {
  const raw = await open();
  raw.send(['WATCH', 'w'], ['MULTI'], ['INCR', 'a'], ['GET'], ['NONSENSE'], ['DISCARD']);
  for (let n = 1; n <= 3; n += 1) await letThrough(n);
  await raw.until(6);
  expect(passed.map(({ text, reply }) => [text, reply?.isError])).toEqual([
    ['INCR a', false],
    ['GET', true],
    ['NONSENSE', true],
  ]);
  expect(held.map(({ name }) => name)).toEqual(['WATCH', 'MULTI', 'DISCARD']);

  raw.send(['WATCH', 'w'], ['MULTI'], ['INCR', 'a'], ['GET', 'b'], ['EXEC']);
  for (let n = 4; n <= 5; n += 1) await letThrough(n);
  const exec = await nth(held, 6);
  expect(exec.block.map(({ text }) => text)).toEqual(['INCR a', 'GET b']);
  expect(exec.traits.keys.map(({ key, writes }) => `${String(key)}${writes ? ' written' : ''}`)).toEqual([
    'w',
    'a written',
    'b',
  ]);
  expect(opened[0]?.session.isInMulti).toBe(true);
  expect(await wire.direct.ask(['EXISTS', 'a'], ['SET', 'w', '1'])).toEqual([':0\r\n', '+OK\r\n']);
  // the key under WATCH has been written
  expect((await letThrough(6)).reply).toMatchObject({ value: null, text: 'nil' });
  expect(opened[0]?.session).toMatchObject({ isInMulti: false, watched: new Map() });
});

test('a command can be failed in place of being sent', async () => {
  const raw = await open();
  raw.send(['SET', 'a', '1'], ['MULTI'], ['SET', 'a', '2'], ['EXEC'], ['GET', 'a']);
  (await nth(held, 1)).fail('LOADING Redis is loading');
  (await nth(held, 2)).release();
  (await nth(replied, 1)).deliver();
  (await nth(held, 3)).fail('EXECABORT no\r\nluck');
  (await nth(held, 4)).release();
  (await nth(replied, 2)).deliver();
  await raw.until(5);
  expect(raw.values).toEqual([
    '-LOADING Redis is loading\r\n',
    '+OK\r\n',
    '+QUEUED\r\n',
    '-EXECABORT no luck\r\n',
    '$-1\r\n',
  ]);
  expect(await wire.direct.ask(['GET', 'a'])).toEqual(['$-1\r\n']);
});

test('an owner that does a thing at the wrong time is told so', async () => {
  const raw = await open();
  raw.send(['GET', 'a']);
  const command = await nth(held, 1);
  expect(() => command.deliver()).toThrow('the command is not replied but held');
  command.release();
  expect(() => command.release()).toThrow('the command is not held but released');
});

test('a blocking command says so, and others go on while it waits', async () => {
  const [waiting, waking] = [await open(), await open()];
  waiting.send(['BLPOP', 'list', '0']);
  const blocked = await nth(held, 1);
  expect(blocked.traits).toMatchObject({ isBlocking: true, isHousekeeping: false });
  blocked.release();
  waking.send(['RPUSH', 'list', 'x']);
  (await nth(held, 2)).release();
  await nth(replied, 2);
  expect(replied.map(({ name }) => name).sort()).toEqual(['BLPOP', 'RPUSH']);
  expect(waiting.values).toEqual([]);
  for (const command of replied) command.deliver();
  await waiting.until(1);
  expect(blocked.reply?.text).toBe('["list", "x"]');
});

test('messages and pushes pass while replies are held', async () => {
  const reader = await open();
  reader.send(['HELLO', '3'], ['SUBSCRIBE', 'news'], ['GET', 'a']);
  await letThrough(1);
  expect(opened[0]?.session.protocol).toBe(3);
  await letThrough(2);
  await nth(held, 3);
  expect(opened[0]?.session.subscriptions).toBe(1);
  await wire.direct.ask(['PUBLISH', 'news', 'hello']);
  await reader.until(3);
  expect(reader.values[2]).toContain('hello');
  await letThrough(3);
  await reader.until(4);
  expect(reader.values[3]).toBe('_\r\n');
});

test('a script is known by its hash once its text has passed', async () => {
  wire.proxy.hold(false);
  const raw = await openRawRedis(wire.proxy.url);
  wire.sessions.push(raw);
  const [hash = ''] = await raw.ask(['SCRIPT', 'LOAD', 'return KEYS[1]']);
  wire.proxy.hold(true);
  raw.send(['EVALSHA', hash.split('\r\n')[1]!, '1', 'a']);
  const command = await nth(held, 1);
  expect(command.script).toBe('return KEYS[1]');
  expect(command.traits).toMatchObject({ isScript: true, namesAllKeys: false });
});

test('where no reply comes, a command has replied at once', async () => {
  const raw = await open();
  raw.send(['CLIENT', 'REPLY', 'OFF'], ['SET', 'a', '1'], ['CLIENT', 'REPLY', 'ON'], ['GET', 'a']);
  for (let n = 1; n <= 4; n += 1) await letThrough(n);
  await raw.until(2);
  expect(raw.values).toEqual(['+OK\r\n', '$1\r\n1\r\n']);
  expect(replied.map(({ reply }) => reply?.text)).toEqual([undefined, undefined, 'OK', '"1"']);
});

test('the connection knows database and name, also of what passed before and of a transaction', async () => {
  const raw = await open();
  wire.proxy.hold(false);
  const other = 5;
  expect(opened[0]?.session.db).toBe(3);
  await raw.ask(
    ['CLIENT', 'SETNAME', 'shop'],
    ['MULTI'],
    ['GET', 'a'],
    ['SELECT', String(other)],
    ['EXEC'],
    ['SELECT', '99'],
  );
  expect(opened[0]?.session).toMatchObject({ db: other, name: 'shop' });
  wire.proxy.hold(true);
  raw.send(['GET', 'a']);
  expect((await nth(held, 1)).db).toBe(other);
  await letThrough(1);
  raw.send(['RESET']);
  await letThrough(2);
  expect(opened[0]?.session).toMatchObject({ db: 0, name: '' });
});

test('holding begins and ends when nothing is under way', async () => {
  const raw = await open();
  wire.proxy.hold(false);
  raw.send(['BLPOP', 'list', '0']);
  await vi.waitFor(() => expect(opened[0]?.isBusy).toBe(true));
  wire.proxy.hold(true);
  raw.send(['GET', 'a']);
  await wire.direct.ask(['RPUSH', 'list', 'x']);
  await raw.until(2);
  expect(held).toEqual([]);
  raw.send(['GET', 'a'], ['GET', 'b']);
  await nth(held, 1);
  wire.proxy.hold(false);
  await letThrough(1);
  await letThrough(2);
  await raw.until(4);
  await raw.ask(['GET', 'c']);
  expect(held).toHaveLength(2);
});

test('of what is longer than the limit the beginning is held, and the rest passes then', async () => {
  await wire.proxy.close();
  await start({ limitBytes: 100_000 });
  const raw = await open();
  const value = 'x'.repeat(1_000_000);
  raw.send(['SET', 'a', value], ['GET', 'a'], ['STRLEN', 'a']);
  const set = await nth(held, 1);
  expect(set).toMatchObject({ isWhole: false, name: 'SET' });
  expect(set.traits.keys.map(({ key }) => String(key))).toEqual(['a']);
  await letThrough(1);
  await nth(held, 2).then((get) => get.release());
  const get = await nth(replied, 2);
  expect(get.reply?.isWhole).toBe(false);
  expect(get.reply?.text).toMatch(/^\(more than \d+ bytes\)$/);
  expect(raw.values).toHaveLength(1);
  get.deliver();
  await letThrough(3);
  await raw.until(3);
  expect(raw.values[1]).toBe(`$1000000\r\n${value}\r\n`);
  expect(raw.values[2]).toBe(':1000000\r\n');
});

test('a client that sends ahead is read no further than a limit, and goes on from there', async () => {
  const raw = await open();
  const count = 60;
  for (let n = 0; n < count; n += 1) raw.send(['SET', 'a', 'x'.repeat(1_000_000)]);
  await nth(held, 1);
  const read = () => raw.socket.bytesWritten - raw.socket.writableLength;
  let before = -1;
  while (read() !== before) {
    before = read();
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
  }
  // what the system keeps on its way is some megabytes
  expect(read()).toBeLessThan(40_000_000);
  for (let n = 1; n <= count; n += 1) await letThrough(n);
  await raw.until(count);
});
