import { expect, test } from 'vitest';
import type { RedisCommand } from './command';
import { InFlight } from './in-flight';
import { decodeResp } from './resp-value';
import { Session } from './session';

/** Of a command, a session reads name and words. */
function command(...texts: string[]): RedisCommand {
  const words = texts.map((text) => Buffer.from(text));
  return { name: texts[0]?.toUpperCase(), words, arguments: words.slice(1) } as unknown as RedisCommand;
}

const reply = (bytes: string) => decodeResp(Buffer.from(bytes));
const array = (...texts: string[]) =>
  `*${texts.length}\r\n${texts.map((text) => `$${text.length}\r\n${text}\r\n`).join('')}`;

test.each([
  ['plain', [['GET', 'a']], [true]],
  [
    'SKIP leaves out two',
    [
      ['CLIENT', 'REPLY', 'SKIP'],
      ['GET', 'a'],
      ['GET', 'a'],
    ],
    [false, false, true],
  ],
  [
    'OFF lasts',
    [
      ['CLIENT', 'REPLY', 'OFF'],
      ['GET', 'a'],
      ['GET', 'a'],
    ],
    [false, false, false],
  ],
  [
    'ON ends OFF',
    [
      ['CLIENT', 'REPLY', 'OFF'],
      ['client', 'reply', 'on'],
      ['GET', 'a'],
    ],
    [false, true, true],
  ],
  [
    'SKIP changes nothing about OFF',
    [['CLIENT', 'REPLY', 'OFF'], ['CLIENT', 'REPLY', 'SKIP'], ['GET']],
    [false, false, false],
  ],
  ['RESET ends OFF', [['CLIENT', 'REPLY', 'OFF'], ['RESET']], [false, true]],
  [
    'confirmations come all the same',
    [
      ['CLIENT', 'REPLY', 'OFF'],
      ['SUBSCRIBE', 'a'],
    ],
    [false, true],
  ],
])('knows where a reply comes: %s', (_, commands, expected) => {
  const session = new Session();
  expect(commands.map((words) => session.sends(command(...words)))).toEqual(expected);
});

test('a message of a channel is no reply in RESP2, unless nothing is subscribed to', () => {
  const session = new Session();
  const inFlight = new InFlight(session);
  const match = (bytes: string) => inFlight.match(Buffer.from(bytes), 0, Buffer.byteLength(bytes), true);
  const message = array('message', 'news', 'hello');

  const lrange = command('LRANGE', 'list', '0', '-1');
  inFlight.add(lrange, 'pass');
  expect(match(message)).toBe(lrange);

  const subscribe = command('SUBSCRIBE', 'news', 'more');
  const ping = command('PING', 'x');
  inFlight.add(subscribe, 'pass');
  inFlight.add(ping, 'pass');
  expect(match('*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n')).toBeUndefined();
  expect(match(message)).toBeUndefined();
  expect(match('*3\r\n$9\r\nsubscribe\r\n$4\r\nmore\r\n:2\r\n')).toBe(subscribe);
  expect(match(message)).toBeUndefined();
  expect(match(array('pong', 'x'))).toBe(ping);
  expect(inFlight.length).toBe(0);
});

test('a line of MONITOR is no reply', () => {
  const session = new Session();
  session.apply(command('MONITOR'), 'OK');
  expect(session.isMessage(reply('+1700000000.123456 [0 127.0.0.1:1] "PING"\r\n'))).toBe(true);
  expect(session.isMessage(reply('+PONG\r\n'))).toBe(false);
});

test('UNSUBSCRIBE without channels is confirmed once for each, and once for none', () => {
  const session = new Session();
  expect(session.confirmations(command('UNSUBSCRIBE'))).toBe(1);
  for (const kind of ['subscribe', 'psubscribe']) {
    for (const channel of ['a', 'b']) session.confirm(reply(array(kind, channel, '1')));
  }
  expect(session.subscriptions).toBe(4);
  expect(session.confirmations(command('UNSUBSCRIBE'))).toBe(2);
  expect(session.confirmations(command('PUNSUBSCRIBE', 'a'))).toBe(1);
});
