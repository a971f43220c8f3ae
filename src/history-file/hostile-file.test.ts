import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { correctLaneWithSale } from '../../tests/fixtures/lanes/correct-lane';
import { goodLane, type LaneSketch } from '../../tests/fixtures/lanes/history';
import { readLanes, writeSketch } from '../../tests/fixtures/lanes/history-file';
import { auditHistory } from './audit-history';
import { MAX_LINE_BYTES } from './format';
import { HistoryFileError } from './history-file-error';

// fast-check prints the seed and the shrunken file when a property fails; `fc.assert(…, { seed })` runs it again.

const SMALL: LaneSketch = goodLane(2, ['accepted', 'accepted', 'sold-out']);
const END = '{"end":{"attempts":3,"orders":2}}';

async function linesOf(lane: LaneSketch): Promise<string[]> {
  return Buffer.from(await writeSketch(lane))
    .toString()
    .trimEnd()
    .split('\n');
}

/** The lines of the small lane without their digest, so that a change reaches what reads them. */
async function unsealed(change: (lines: string[]) => void): Promise<string> {
  const lines = [...(await linesOf(SMALL)).slice(0, -1), END];
  change(lines);
  return `${lines.join('\n')}\n`;
}

/** Reads a file that must be refused; answers how. */
async function refusal(file: Uint8Array | string): Promise<HistoryFileError> {
  const error: unknown = await readLanes(file).then(
    () => new Error('it was read'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HistoryFileError);
  return error as HistoryFileError;
}

async function verdictsOf(file: Uint8Array | string) {
  const lanes = await readLanes(file);
  return lanes.map((lane) => auditHistory(lane));
}

test('a file that is cut off anywhere is refused, and says so at its last line', async () => {
  const file = await writeSketch(SMALL);
  for (let length = 0; length < file.length - 1; length += 1) {
    const { line, message } = await refusal(file.subarray(0, length));
    const lines = Buffer.from(file.subarray(0, length)).toString().split('\n').length;
    expect([lines, lines + 1]).toContain(line);
    expect(message).toMatch(/cut off|empty|has to end|end\.|expected/);
  }
  expect(await verdictsOf(file.subarray(0, -1))).toEqual(await verdictsOf(file));
});

test('a file of two lanes that ends after the first is refused', async () => {
  const [first, second] = await Promise.all([1, 2].map((no) => writeSketch(SMALL, { part: [no, 2] })));
  expect((await refusal(first!)).message).toContain('expected lane 2 of 2, but the file ends here');
  expect((await refusal(second!)).message).toBe('Line 1: expected lane 1, found 2 of 2.');
  expect((await refusal(Buffer.concat([first!, first!]))).message).toContain('expected lane 2 of 2');
  expect(await verdictsOf(Buffer.concat([first!, second!]))).toHaveLength(2);
});

test('one changed byte never makes another verdict', async () => {
  const seen = { refused: 0, same: 0 };
  await fc.assert(
    fc.asyncProperty(
      correctLaneWithSale,
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      fc.boolean(),
      async (lane, place, byte, atEnd) => {
        const file = await writeSketch(lane);
        const expected = await verdictsOf(file);
        // the last line is the one that no digest covers
        const at = atEnd ? file.length - 1 - (place % 120) : place % file.length;
        const changed = Uint8Array.from(file);
        changed[at] = byte;
        const verdicts = await verdictsOf(changed).catch((error: unknown) => {
          expect(error).toBeInstanceOf(HistoryFileError);
          return undefined;
        });
        if (verdicts) expect(verdicts).toEqual(expected);
        seen[verdicts ? 'same' : 'refused'] += 1;
      },
    ),
    { numRuns: 700 },
  );
  expect(seen.refused).toBeGreaterThan(500);
});

test('a line that was taken out, doubled or moved is refused, with or without a digest', async () => {
  for (const lines of [await linesOf(SMALL), (await unsealed(() => undefined)).trimEnd().split('\n')]) {
    for (const i of lines.keys()) {
      const without = lines.toSpliced(i, 1);
      const doubled = lines.toSpliced(i, 0, lines[i]!);
      for (const changed of [without, doubled]) await refusal(`${changed.join('\n')}\n`);
    }
  }
  const lines = await linesOf(SMALL);
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(lines, { minLength: lines.length }), async (moved) => {
      fc.pre(moved.some((line, i) => line !== lines[i]));
      await refusal(moved.join('\n'));
    }),
    { numRuns: 200 },
  );
});

test('anything at all is refused or judged', async () => {
  const lines = await linesOf(SMALL);
  const piece = fc.oneof(
    fc.constantFrom(...lines, END, '', ' ', '{}', '[]', 'null', '\0', '\r\n', '\n', '{"n":'),
    fc.json(),
    fc.string({ unit: 'binary' }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 12 }),
      fc.constantFrom('\n', '\r\n', ''),
      async (pieces, by) => {
        await verdictsOf(pieces.join(by)).catch((error: unknown) => {
          expect(error).toBeInstanceOf(HistoryFileError);
          expect((error as HistoryFileError).line).toBeGreaterThan(0);
        });
      },
    ),
    { numRuns: 500 },
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => void (await refusal(bytes))),
    { numRuns: 300 },
  );
});

describe('the line and what was expected there', () => {
  const ATTEMPT = 1;
  const ORDER = 4;
  const FINAL = 6;

  test.each<[string, number, string, RegExp]>([
    [
      'a header of another format',
      0,
      '{"format":"other","version":1}',
      /^Line 1: expected the format "oversell-history"/,
    ],
    [
      'a newer version',
      0,
      '{"format":"oversell-history","version":3}',
      /^Line 1: is of version 3.*a newer one is needed/,
    ],
    [
      'a header with a key that nobody knows',
      0,
      '{"format":"oversell-history","version":1,"x":1}',
      /^Line 1: header/,
    ],
    ['not a number', ATTEMPT, '{"n":0,"call":NaN,"return":1,"outcome":"accepted"}', /^Line 2: is not JSON/],
    [
      'a number that is infinite',
      ATTEMPT,
      '{"n":0,"call":0,"return":1e999,"outcome":"accepted"}',
      /^Line 2: attempt\.return/,
    ],
    [
      'a number without bounds',
      ATTEMPT,
      '{"n":0,"call":0,"return":1e308,"outcome":"accepted"}',
      /^Line 2: attempt\.return/,
    ],
    [
      'a number that is not exact',
      ATTEMPT,
      '{"n":0,"call":0,"return":1,"outcome":"accepted","token":9007199254740993}',
      /^Line 2: attempt\.token/,
    ],
    [
      'an attempt below zero',
      ATTEMPT,
      '{"n":-1,"call":0,"return":1,"outcome":"accepted"}',
      /^Line 2: attempt\.n/,
    ],
    [
      'a time as text',
      ATTEMPT,
      '{"n":0,"call":"0","return":1,"outcome":"accepted"}',
      /^Line 2: attempt\.call/,
    ],
    [
      'an unknown outcome',
      ATTEMPT,
      '{"n":0,"call":0,"return":1,"outcome":"sold"}',
      /^Line 2: attempt\.outcome/,
    ],
    [
      'an unknown key',
      ATTEMPT,
      '{"n":0,"call":0,"return":1,"outcome":"accepted","note":1}',
      /^Line 2: attempt: .*note/,
    ],
    [
      'a key of every object',
      ATTEMPT,
      '{"n":0,"call":0,"return":1,"outcome":"accepted","toString":1}',
      /^Line 2: attempt/,
    ],
    [
      'a prototype',
      ATTEMPT,
      '{"n":0,"call":0,"return":1,"outcome":"accepted","__proto__":{"quantity":9}}',
      /^Line 2: has the key "__proto__"/,
    ],
    [
      'a step without a name',
      ATTEMPT,
      '{"n":0,"call":0,"return":1,"outcome":"accepted","steps":[[0,1,1]]}',
      /^Line 2: attempt\.steps: step 0 is none of the header's 0/,
    ],
    ['a list', ATTEMPT, '[1,2]', /^Line 2: expected a JSON object/],
    [
      'an object of no kind',
      ATTEMPT,
      '{"constructor":1}',
      /^Line 2: expected an object with one of the keys/,
    ],
    [
      'too many units',
      ORDER,
      '{"order":"1","attempt":"lane-0","quantity":1000001}',
      /^Line 5: order\.quantity/,
    ],
    [
      'an attempt for nothing',
      ATTEMPT,
      '{"n":0,"call":0,"return":1,"outcome":"accepted","quantity":0}',
      /^Line 2: attempt\.quantity/,
    ],
    [
      'an order of units below zero',
      ORDER,
      '{"order":"1","attempt":"lane-0","quantity":-1}',
      /^Line 5: order\.quantity/,
    ],
    [
      'units taken away on the way',
      FINAL,
      '{"final":{"finalStock":0,"restocked":-9}}',
      /^Line 7: final\.final\.restocked/,
    ],
    [
      'a pool without connections',
      FINAL,
      '{"final":{"finalStock":0,"connections":0}}',
      /^Line 7: final\.final\.connections/,
    ],
    [
      'an order id as a number',
      ORDER,
      '{"order":1,"attempt":"lane-0","quantity":1}',
      /^Line 5: order\.order/,
    ],
    [
      'a stock that is no number',
      FINAL,
      '{"final":{"finalStock":null}}',
      /^Line 7: final\.final\.finalStock/,
    ],
    [
      'counts that promise more',
      7,
      '{"end":{"attempts":1000000000,"orders":2}}',
      /^Line 8: end\.end\.attempts/,
    ],
    [
      'counts that are wrong',
      7,
      '{"end":{"attempts":4,"orders":2}}',
      /^Line 8: 4 attempts were written, but 3 are here/,
    ],
    [
      'a digest that is wrong',
      7,
      `{"end":{"attempts":3,"orders":2,"sha256":"${'0'.repeat(64)}"}}`,
      /^Line 8: the lines above were changed/,
    ],
  ])('%s', async (_what, place, line, message) => {
    const error = await refusal(await unsealed((lines) => void (lines[place] = line)));
    expect(error.message).toMatch(message);
    expect(error.line).toBe(place + 1);
  });

  test('a plan of a billion attempts promises nothing', async () => {
    const plan = '"plan":{"attempts":1000000000},';
    const file = await unsealed((lines) => void (lines[0] = lines[0]!.replace('{', `{${plan}`)));
    expect(await verdictsOf(file)).toEqual(await verdictsOf(await writeSketch(SMALL)));
  });

  test('deep nesting', async () => {
    const deep = `${'['.repeat(400_000)}${']'.repeat(400_000)}`;
    const attempt = `{"n":0,"call":0,"return":1,"outcome":"accepted","steps":${deep}}`;
    expect((await refusal(await unsealed((lines) => void (lines[1] = attempt)))).line).toBe(2);
    const header = await unsealed(
      (lines) => void (lines[0] = lines[0]!.replace('{', `{"plan":{"x":${deep}},`)),
    );
    expect((await refusal(header)).message).toMatch(/^Line 1: header\.plan\.x/);
  });

  test('a line of five megabytes', async () => {
    const file = await unsealed((lines) => void (lines[1] = `{"n":0,"x":"${'a'.repeat(5_000_000)}"}`));
    expect((await refusal(file)).message).toBe(`Line 2: is longer than ${MAX_LINE_BYTES} bytes.`);
  });

  test('a byte order mark, CR LF, an empty line and bytes that are not UTF-8', async () => {
    const file = await unsealed(() => undefined);
    expect((await refusal(`\ufeff${file}`)).message).toMatch(/^Line 1: starts with a byte order mark/);
    expect((await refusal(file.replaceAll('\n', '\r\n'))).message).toMatch(/^Line 1: ends with CR LF/);
    expect((await refusal(`${file}\n`)).message).toMatch(/^Line 9: is empty/);
    const bytes = Buffer.from(file);
    bytes[bytes.indexOf('lane-')] = 0xff;
    expect((await refusal(bytes)).message).toBe('Line 1: is not UTF-8.');
  });

  test('what the file says cannot write to a terminal', async () => {
    const hostile = '\u001b[31m\u009b2J\u202e\u{e0041}';
    const { message } = await refusal(`${hostile}\n`);
    expect(message).toBe('Line 1: is not JSON, or is cut off: \\u001b[31m\\u009b2J\\u202e\\udb40\\udc41');
  });
});

test('attempts that tell numbers for order ids that are none are refused', async () => {
  const file = await unsealed((lines) => {
    lines[1] = lines[1]!.replace('}', ',"orderId":"77"}');
    for (const place of [4, 5]) lines[place] = lines[place]!.replace(/"order":"/, '"order":"o-');
  });
  expect((await refusal(file)).message).toBe(
    'Line 8: attempts tell order ids that are numbers, but no order has one.',
  );
});

test('of the two zeros the verdict knows one', async () => {
  const minus = await unsealed((lines) => void (lines[1] = lines[1]!.replace('"call":0', '"call":-0')));
  expect(minus).toContain('-0,');
  expect(await verdictsOf(minus)).toEqual(await verdictsOf(await unsealed(() => undefined)));
});

test('the largest numbers that are let in are judged at once', async () => {
  const huge = { n: 2 ** 32 - 1, call: -1e15, return: 1e15, outcome: 'accepted', quantity: 1e6 };
  const more = { seenStock: -1e15, seenVersion: 1e15, remaining: 1e15, token: 1e15, retries: 65_535 };
  const file = await unsealed((lines) => {
    lines[0] = lines[0]!.replace('"initialStock":2', '"initialStock":1000000000000000');
    lines[1] = JSON.stringify({ ...huge, ...more });
    lines[6] = '{"final":{"finalStock":-1000000000000000,"stillRunning":1000000000}}';
  });
  const [result] = await verdictsOf(file);
  expect(result?.verdict.status).toBe('violated');
});
