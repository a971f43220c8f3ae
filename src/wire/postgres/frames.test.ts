import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameReader, framesIn, FramingError, makeFrame } from './frames';

const aFrame = fc
  .record({ type: fc.integer({ min: 0, max: 255 }), body: fc.uint8Array({ maxLength: 40 }) })
  .map(({ type, body }) => makeFrame(type, Buffer.from(body)));
const someFrames = fc.array(aFrame, { maxLength: 12 });

/** What a reader makes of the bytes when they arrive cut at these places. */
function readCut(bytes: Buffer, cuts: readonly number[], keeps?: (type: number) => number): Buffer[] {
  const read: Buffer[] = [];
  const reader = new FrameReader((type, buffer, start, end) => {
    expect(buffer[start]).toBe(type);
    read.push(Buffer.from(buffer.subarray(start, end)));
  }, keeps);
  const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  places.slice(1).forEach((place, i) => reader.push(bytes.subarray(places[i], place)));
  expect(reader.partialBytes).toBe(0);
  return read;
}

test('messages are the same wherever their bytes are cut', () => {
  fc.assert(
    fc.property(someFrames, fc.array(fc.nat()), (frames, places) => {
      const bytes = Buffer.concat(frames);
      const cuts = places.map((place) => place % (bytes.length + 1));
      expect(readCut(bytes, cuts)).toEqual(frames);
    }),
  );
});

test('messages are the same when their bytes arrive one by one, or cut once at any byte', () => {
  fc.assert(
    fc.property(someFrames, (frames) => {
      const bytes = Buffer.concat(frames);
      const everywhere = Array.from({ length: bytes.length }, (_, i) => i);
      expect(readCut(bytes, everywhere)).toEqual(frames);
      for (const cut of everywhere) expect(readCut(bytes, [cut])).toEqual(frames);
    }),
    { numRuns: 30 },
  );
});

test('bytes read again by walking over them are the same messages', () => {
  fc.assert(
    fc.property(someFrames, (frames) => {
      expect([...framesIn(Buffer.concat(frames))]).toEqual(frames);
    }),
  );
});

test('of a message that is cut, no more is kept than is worth keeping, and the next one is found all the same', () => {
  const large = makeFrame(0x44, Buffer.alloc(1000, 1));
  const small = makeFrame(0x5a, Buffer.from('I'));
  const cuts = [2, 100, 200, 300, 900];
  const read = readCut(Buffer.concat([large, small, large]), cuts, (type) => (type === 0x44 ? 0 : Infinity));
  // the last one lies within a chunk
  expect(read.map(({ length }) => length)).toEqual([5, 6, 1005]);
});

test('how much of an incomplete message has come is known', () => {
  const reader = new FrameReader(() => undefined);
  const frame = makeFrame(0x51, 'select 1');
  const seen = Array.from(frame, (_, i) => {
    reader.push(frame.subarray(i, i + 1));
    return reader.partialBytes;
  });
  expect(seen).toEqual(Array.from(frame, (_, i) => (i + 1) % frame.length));
});

test.each([[0], [3]])('a message that says its length is %d is refused, also cut', (length) => {
  const bytes = Buffer.from([0x51, 0, 0, 0, length, 0, 0]);
  const reader = () => new FrameReader(() => undefined);
  expect(() => reader().push(bytes)).toThrow(FramingError);
  const cut = reader();
  cut.push(bytes.subarray(0, 4));
  expect(() => cut.push(bytes.subarray(4))).toThrow(FramingError);
});
