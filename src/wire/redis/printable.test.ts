import { expect, test } from 'vitest';
import { printCommand, printReply } from './printable';
import { decodeResp } from './resp-value';

const print = (...words: (string | Buffer)[]) => printCommand(words.map((word) => Buffer.from(word)));

test('quotes a word where it has to', () => {
  expect(print('SET', 'stock:1', 'two words', '', 'say "no"', 'a\\b', 'é')).toBe(
    String.raw`SET stock:1 "two words" "" "say \"no\"" "a\\b" é`,
  );
});

test('escapes bytes that are no text', () => {
  expect(print('SET', 'k', Buffer.from([0, 0x0a, 0xff, 0x41]))).toBe(String.raw`SET k "\x00\n\xffA"`);
});

test('shortens what is long', () => {
  expect(print('SET', 'k', 'x'.repeat(10_000))).toBe(`SET k ${'x'.repeat(494)}…`);
});

test.each([
  [['AUTH', 'secret'], 'AUTH ***'],
  [['auth', 'user', 'secret'], 'auth *** ***'],
  [['HELLO', '3', 'AUTH', 'user', 'secret', 'SETNAME', 'x'], 'HELLO 3 AUTH *** *** *** ***'],
  [['HELLO', '3'], 'HELLO 3'],
  [['ACL', 'SETUSER', 'joe', '>secret'], 'ACL SETUSER joe ***'],
  [['CONFIG', 'SET', 'requirepass', 'secret'], 'CONFIG SET requirepass ***'],
  [['CONFIG', 'SET', 'maxmemory', '1', 'requirepass', 'secret'], 'CONFIG SET maxmemory *** *** ***'],
  [['SET', 'AUTH', 'AUTH'], 'SET AUTH AUTH'],
])('leaves passwords out of %j', (words, text) => {
  expect(print(...words)).toBe(text);
});

test.each([
  ['+OK\r\n', 'OK'],
  ['-ERR no\r\n', '(error) ERR no'],
  ['$-1\r\n', 'nil'],
  [':3\r\n', '3'],
  ['*3\r\n$1\r\na\r\n:1\r\n*1\r\n_\r\n', '["a", 1, [nil]]'],
  ['%1\r\n$1\r\nf\r\n,1.5\r\n', '{"f": 1.5}'],
  ['~2\r\n#t\r\n(12345678901234567890\r\n', 'set [true, 12345678901234567890]'],
  ['>2\r\n$10\r\ninvalidate\r\n_\r\n', 'push ["invalidate", nil]'],
])('prints %j', (bytes, text) => {
  expect(printReply(decodeResp(Buffer.from(bytes)))).toBe(text);
});
