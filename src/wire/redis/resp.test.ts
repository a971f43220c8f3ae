import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeCommand, replies, requests } from '../../../tests/fixtures/wire/resp-arbitrary';
import { RespFramer, RespSyntaxError } from './resp-framer';
import { decodeRequest, decodeResp, nameOfRequest, RespError } from './resp-value';

/** Where frames end in the pieces, counted from the first byte. */
function findEnds(reads: 'requests' | 'replies', pieces: readonly Buffer[]): number[] {
  const framer = new RespFramer(reads);
  const ends: number[] = [];
  let before = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const end = framer.next(piece, at);
      if (end === -1) break;
      ends.push(before + end);
      at = end;
    }
    before += piece.length;
  }
  expect(framer.isBetweenFrames).toBe(ends.at(-1) === before || before === 0);
  return ends;
}

function endsOf(frames: readonly { bytes: Buffer }[]): number[] {
  let sum = 0;
  return frames.map(({ bytes }) => (sum += bytes.length));
}

describe.each([
  { reads: 'replies' as const, frames: replies },
  { reads: 'requests' as const, frames: requests },
])(
  'framing of $reads',
  ({ reads, frames }: { reads: 'requests' | 'replies'; frames: fc.Arbitrary<{ bytes: Buffer }> }) => {
    test('finds every end, with a cut at any one byte', () => {
      fc.assert(
        fc.property(fc.array(frames, { minLength: 1, maxLength: 4 }), (several) => {
          const all = Buffer.concat(several.map(({ bytes }) => bytes));
          const ends = endsOf(several);
          for (let cut = 0; cut <= all.length; cut += 1) {
            expect(findEnds(reads, [all.subarray(0, cut), all.subarray(cut)])).toEqual(ends);
          }
        }),
      );
    });

    test('finds every end, byte by byte', () => {
      fc.assert(
        fc.property(fc.array(frames, { minLength: 1, maxLength: 4 }), (several) => {
          const all = Buffer.concat(several.map(({ bytes }) => bytes));
          const bytes = Array.from(all, (byte) => Buffer.from([byte]));
          expect(findEnds(reads, bytes)).toEqual(endsOf(several));
        }),
      );
    });
  },
);

test('decodes every value of RESP2 and RESP3', () => {
  fc.assert(
    fc.property(replies, ({ bytes, value }) => {
      expect(decodeResp(bytes)).toEqual(value);
    }),
    { numRuns: 500 },
  );
});

test('decodes the words of every command, and its name alone', () => {
  fc.assert(
    fc.property(requests, ({ bytes, words }) => {
      expect(decodeRequest(bytes)).toEqual(words);
      const name = words[0]?.toString('latin1').toUpperCase();
      // no command has a line end in its name
      if (!name?.includes('\r')) expect(nameOfRequest(bytes, 0, bytes.length)).toBe(name);
    }),
  );
});

test('decodes what a command that was cut off begins with', () => {
  const whole = encodeCommand('SET', 'key', 'value');
  expect(decodeRequest(whole.subarray(0, whole.length - 4)).map(String)).toEqual(['SET', 'key', 'val']);
  expect(decodeRequest(whole.subarray(0, 15)).map(String)).toEqual(['SET']);
});

test.each(['\r\n', '  \n', '*0\r\n', '*-1\r\n'])('finds no command in %j', (bytes) => {
  expect(findEnds('requests', [Buffer.from(bytes)])).toEqual([bytes.length]);
  expect(decodeRequest(Buffer.from(bytes))).toEqual([]);
  expect(nameOfRequest(Buffer.from(bytes), 0, bytes.length)).toBeUndefined();
});

test.each([
  [String.raw`SET key "a \"b\"\x41\n"`, ['SET', 'key', 'a "b"A\n']],
  [String.raw`set 'it\'s' x`, ['set', "it's", 'x']],
  [`get ""`, ['get', '']],
  // Redis refuses these
  [`get "open`, ['get "open']],
])('splits the inline command %s', (text, words) => {
  expect(decodeRequest(Buffer.from(`${text}\r\n`)).map(String)).toEqual(words);
});

test.each(['x\r\n', '*x\r\n', '$?\r\n', '*2\r\nfoo', '$\r\n', '$1234567890123\r\n', '\x01\r\n'])(
  'refuses %j as a reply',
  (bytes) => {
    expect(() => new RespFramer('replies').next(Buffer.from(bytes), 0)).toThrow(RespSyntaxError);
  },
);

test('tells errors apart from text', () => {
  expect(decodeResp(Buffer.from('-ERR no\r\n'))).toEqual(new RespError('ERR no'));
  expect(decodeResp(Buffer.from('+ERR no\r\n'))).toBe('ERR no');
});
