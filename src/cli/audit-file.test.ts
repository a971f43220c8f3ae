import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { FINDING_NAMES } from '@/model/wording';
import { auditLane, goodLane, ordersFor, type LaneSketch } from '../../tests/fixtures/lanes/history';
import { writeSketch } from '../../tests/fixtures/lanes/history-file';
import { runCommand } from './program';
import { commandIo } from '../../tests/fixtures/command-io';

const OK = goodLane(2, ['accepted', 'accepted', 'sold-out']);
const OVERSOLD: LaneSketch = {
  ...goodLane(1, ['accepted', 'accepted']),
  final: { initialStock: 1, finalStock: 0, orders: ordersFor([0, 1]) },
};
/** Nothing overlapped. */
const WEAK = goodLane(2, ['accepted']);

async function command(args: string[], input: Uint8Array | string = '', color = false) {
  const { io, output, errors } = commandIo({ input, color });
  const code = await runCommand(['audit', ...args], io, '0.0.0');
  return { code, output: output(), errors: errors() };
}

async function fileOf(...lanes: LaneSketch[]): Promise<Uint8Array> {
  const files = lanes.map((lane, i) => writeSketch(lane, { lane: i, part: [i + 1, lanes.length] }));
  return Buffer.concat(await Promise.all(files));
}

test.each([
  ['every lane ok', [OK, OK], 0],
  ['one violated, one inconclusive', [WEAK, OVERSOLD, OK], 10],
  ['one inconclusive', [OK, WEAK], 12],
])('the exit code of %s', async (_what, lanes, code) => {
  const result = await command(['-'], await fileOf(...lanes));
  expect(result).toMatchObject({ code, errors: '' });
  expect((await command(['-', '--json'], await fileOf(...lanes))).code).toBe(code);
});

test('a lane is told as verdict, reason, findings with their witnesses, and all checks', async () => {
  const { output } = await command(['-'], await writeSketch(OVERSOLD, { lane: 3, raceId: 'k7w2m9qd4x' }));
  const { verdict, checks } = auditLane(OVERSOLD);
  expect(output).toContain('Lane 3 of race k7w2m9qd4x: read-then-write\n');
  expect(output).toContain(`OVERSOLD +1 ${verdict.reason}\n`);
  expect(output).toContain('2 attempts, 2 orders of 2 units; stock 1, then 0\n');
  for (const { kind, count, message, evidence } of verdict.findings) {
    expect(output).toContain(`  ${FINDING_NAMES[kind]} ${count} ${message}\n`);
    for (const { note } of evidence) expect(output).toContain(`${note}\n`);
  }
  expect(output).toContain('attempt lane-1, attempt lane-0, order 2: ');
  for (const { no, status, title } of checks)
    expect(output).toMatch(new RegExp(`^ +${no} ${status} +${title}`, 'm'));
});

test('JSON is one line with everything that the audit says', async () => {
  const { output } = await command(['--json', '-'], await fileOf(OVERSOLD, OK));
  expect(output.indexOf('\n')).toBe(output.length - 1);
  const { lanes } = JSON.parse(output) as { lanes: object[] };
  const asJson = (lane: LaneSketch) => JSON.parse(JSON.stringify(auditLane(lane))) as object;
  expect(lanes).toMatchObject([
    { lane: 0, strategy: 'read-then-write', sealed: true, ...asJson(OVERSOLD) },
    { lane: 1, ...asJson(OK) },
  ]);
});

test('one lane can be chosen, and has to be there', async () => {
  const file = await fileOf(OVERSOLD, OK);
  const one = await command(['-', '--lane', '1'], file);
  expect(one.code).toBe(0);
  expect(one.output).not.toContain('Lane 0');
  const none = await command(['-', '--lane=7'], file);
  expect(none).toMatchObject({ code: 2, output: '' });
  expect(none.errors).toContain('There is no lane 7 in it, only 0, 1.');
});

test.each([
  [[], "missing required argument 'file'"],
  [['a', 'b'], 'too many arguments'],
  [['--wrong', 'a'], "unknown option '--wrong'"],
  [['a', '--lane', 'x'], 'It takes a whole number from 0.'],
  [['a', '--lane=-1'], 'It takes a whole number from 0.'],
  [['a', '--lane'], "option '--lane <n>' argument missing"],
  [['/no/such/file'], 'The file cannot be read: ENOENT'],
  [['/'], 'The file cannot be read: EISDIR'],
])('%j is refused: %s', async (args, message) => {
  const { code, output, errors } = await command(args);
  expect({ code, output }).toEqual({ code: 2, output: '' });
  expect(errors).toContain(message);
  expect(errors).not.toMatch(/^ +at /m);
  expect(errors).not.toContain('\\u');
});

test('a file that cannot be read says which line, and prints no result as JSON', async () => {
  const file = await fileOf(OK, OK);
  const result = await command(['-', '--json'], file.subarray(0, -2));
  expect(result.code).toBe(2);
  expect(result.output).toBe('');
  expect(result.errors).toMatch(/^Line \d+: is not JSON, or is cut off: /);
});

test('a fault of the program is not blamed on the file', async () => {
  const { io, output, errors } = commandIo();
  const open = () => {
    throw new TypeError('boom');
  };
  expect(await runCommand(['audit', 'x'], { ...io, open }, '0.0.0')).toBe(1);
  expect(output()).toBe('');
  expect(errors()).toMatch(/^This is a fault of the program: TypeError: boom/);
});

test('only a terminal gets colours, and nothing in a file can make its own', async () => {
  const hostile = await writeSketch(OVERSOLD, { strategy: '\u001b[2Jevil', stopped: '\u009b31m\u202e' });
  const plain = await command(['-'], hostile);
  expect(plain.output).toContain('\\u001b[2Jevil');
  expect(plain.output).toContain('\\u009b31m\\u202e');
  expect(plain.output).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  const colored = await command(['-'], hostile, true);
  expect(colored.output).toContain('\u001b[31mOVERSOLD +1\u001b[39m');
  expect(stripVTControlCharacters(colored.output)).toBe(plain.output);
  const json = await command(['-', '--json'], hostile);
  expect(json.output).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  expect(JSON.parse(json.output)).toMatchObject({ lanes: [{ strategy: '\u001b[2Jevil' }] });
});

test('a lane without a digest says so', async () => {
  const lines = Buffer.from(await writeSketch(OK))
    .toString()
    .trimEnd()
    .split('\n');
  const file = [...lines.slice(0, -1), '{"end":{"attempts":3,"orders":2}}'].join('\n');
  const { code, output } = await command(['-'], file);
  expect(code).toBe(0);
  expect(output).toContain('has no digest');
  expect((await command(['-'], `${lines.join('\n')}\n`)).output).not.toContain('digest');
});

test('help is no error', async () => {
  const { code, output } = await command(['--help']);
  expect(code).toBe(0);
  expect(output).toMatch(/^Usage: oversell audit /);
});
