import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AuditResult } from '@/model/verdict';
import { projectRoot } from '@/services/env';
import { EXIT } from './exit-code';
import { runCommand } from './program';
import { commandIo } from '../../tests/fixtures/command-io';

const FOLDER = join(projectRoot, 'tests/fixtures/lanes/histories');

type Findings = Partial<Record<AuditResult['verdict']['findings'][number]['kind'], number>>;

async function judge(name: string) {
  const { io, output, errors } = commandIo();
  const code = await runCommand(['audit', join(FOLDER, `${name}.ndjson`), '--json'], io, '0.0.0');
  const [lane] = output() === '' ? [] : (JSON.parse(output()) as { lanes: AuditResult[] }).lanes;
  return { code, errors: errors(), lane };
}

const VIOLATED: [file: string, findings: Findings, reason: RegExp][] = [
  ['left-more-than-there-was', { 'non-linearizable': 1 }, /^1 attempt saw or left more units than/],
  ['left-less-than-there-was', { 'non-linearizable': 1 }, /^1 attempt saw or left fewer units than/],
  ['left-less-than-there-was-without-a-read', { 'non-linearizable': 1 }, /^1 attempt saw or left fewer/],
  ['zombie-without-an-answer', { 'zombie-write': 1 }, /^1 sale wrote with a fencing token/],
  [
    'refused-after-a-duplicate-order',
    { 'duplicate-order': 1 },
    /^1 extra order for attempts that already had one\.$/,
  ],
  [
    'unit-given-twice-in-larger-sales',
    { 'duplicate-unit': 1, 'lost-update': 1, oversold: 1 },
    /^2 orders of 4 units in total for 3 units: 1 unit was sold that did not exist\./,
  ],
  ['unanswered-sale-saw-itself', { 'non-linearizable': 1 }, /^1 attempt saw or left fewer units/],
  [
    'stock-that-rose',
    { 'stock-created': 2 },
    /^Orders took 2 units, but the stock rose by 2, from 3 to 5: at least 2 units came into the stock, and no attempt put them there\. Nothing tells whether the other 2 units too many came so too, or were sold but never deducted\.$/,
  ],
  [
    'units-from-elsewhere',
    { 'stock-created': 4, oversold: 1 },
    /^Orders took 3 units, but the stock rose by 4, from 2 to 6: at least 4 units came .* Also oversold \(1\)\.$/,
  ],
  [
    'wrong-size-for-a-failed-attempt',
    { 'phantom-order': 1, 'false-sold-out': 1 },
    /^1 attempt was told conflict or error/,
  ],
  [
    'oversold-beyond-restocked-units',
    { oversold: 1, 'negative-stock': 1 },
    /^3 orders for 2 units \(1 at the start, 1 added while the lane ran\): 1 unit was sold that did not exist\./,
  ],
  [
    'restocked-unit-sold-again',
    { 'lost-update': 1 },
    /from 2 \(1 at the start, 1 added while the lane ran\) to 1/,
  ],
  [
    'restocked-and-never-deducted',
    { 'lost-update': 2 },
    /the stock stayed at 3 \(2 at the start, 1 added while the lane ran\): 2 units were sold/,
  ],
  [
    'restocked-unit-leaked',
    { 'stock-leak': 1 },
    /the stock fell by 3, from 3 \(2 at the start, 1 added while the lane ran\) to 0: 1 unit left/,
  ],
  ['sold-from-an-empty-shelf', { oversold: 1, 'lost-update': 1 }, /^1 order for 0 units: 1 unit was sold/],
  ['counter-drifted-while-one-ran', { drift: 2 }, /would let through at least 2 units too many\.$/],
  [
    'told-sold-out-after-a-try-that-bought',
    { 'false-sold-out': 1 },
    /^1 attempt was told sold out but has an order\.$/,
  ],
  ['only-an-order-of-somebody-else', { 'phantom-order': 1 }, /^1 order belongs to no attempt\.$/],
  ['taken-behind-the-shop', { 'stock-leak': 3 }, /^Orders took 2 units, but the stock fell by 5/],
];

test.each(VIOLATED)('%s is violated', async (file, findings, reason) => {
  const { code, errors, lane } = await judge(file);
  const found = lane?.verdict.findings.map(({ kind, count }) => [kind, count]);
  expect({ code, errors }).toEqual({ code: EXIT.violated, errors: '' });
  expect(Object.fromEntries(found ?? [])).toEqual(findings);
  expect(lane?.verdict.reason).toMatch(reason);
});

const OPEN: [file: string, reason: string][] = [
  ['still-running-with-every-answer', '1 purchase was still running when the final rows were read.'],
  ['return-before-call', 'The history cannot be trusted: 1 attempt without a return after the call.'],
  [
    'unanswered-read-later',
    'No attempt that sold was in flight together with another, so nothing raced. ' +
      'More buyers at once or a longer think time makes sales meet.',
  ],
  ...['sale-without-answer-or-window', 'sale-without-answer-that-waited'].map((file): [string, string] => [
    file,
    'Nothing is known of the read-to-write window of the one sale, because its attempt had no answer. ' +
      'A longer time-out or a shorter think time would bring answers.',
  ]),
  [
    'restocked-twice-for-one-cancellation',
    '2 units were added while the lane ran, and nothing in the history shows where they came from.',
  ],
  ...['order-recorded-twice', 'order-id-of-two-attempts'].map((file): [string, string] => [
    file,
    'The history cannot be trusted: 1 order with the id of another order.',
  ]),
];

test.each(OPEN)('%s is inconclusive', async (file, reason) => {
  const { code, errors, lane } = await judge(file);
  expect({ code, errors, reason: lane?.verdict.reason }).toEqual({
    code: EXIT.inconclusive,
    errors: '',
    reason,
  });
});

const HELD = [
  'stopped-once-demand-met-stock',
  'hold-of-a-failed-attempt',
  'confirmed-what-an-earlier-try-bought',
  'fenced-decrements-in-place',
];

test.each(HELD)('%s is ok', async (file) => {
  const { code, lane } = await judge(file);
  expect({ code, findings: lane?.verdict.findings }).toEqual({ code: EXIT.pass, findings: [] });
});

const SAID: [file: string, said: string[]][] = [
  [
    'oversold-beyond-restocked-units',
    ['stock 1, 1 added, then -1', 'of a stock of 2 (1 at the start, 1 added'],
  ],
  [
    'restocked-and-never-deducted',
    ['stock 2, 1 added, then 3', '(initial + added - final) = 2 - (2 + 1 - 3) = 2'],
  ],
  [
    'only-an-order-of-somebody-else',
    ['No order belongs to an attempt of this lane, so nothing shows that sales raced.'],
  ],
  ['restocked-unit-leaked', ['stock 2, 1 added, then 0', '(initial + added - final) = 2 - (2 + 1 - 0) = -1']],
  ['restocked-unit-sold-again', ['Nothing that was recorded shows which sales undid each other']],
  ['sold-from-an-empty-shelf', ['after this order 1 unit was sold, of a stock of 0']],
  [
    'unit-given-twice-in-larger-sales',
    [
      '\n  duplicate units 1 1 sale was given a unit that another sale already had.\n',
      ': sold a unit that a-1 sold as well: it left 2, the other 0\n',
      ' = 1. 1 pair of sales explains 1 unit; 0 units unexplained\n',
    ],
  ],
  ['counter-drifted-while-one-ran', ['\nDRIFT ≥\u00a02 ', '\n  drift ≥\u00a02 ']],
];

test.each(SAID)('what is said of %s agrees with itself', async (file, said) => {
  const { io, output } = commandIo();
  await runCommand(['audit', join(FOLDER, `${file}.ndjson`)], io, '0.0.0');
  for (const words of said) expect(output()).toContain(words);
});

const REFUSED: [file: string, message: RegExp][] = [
  ['key-twice', /^Line 2: says a key of an object twice/],
  ['fractional-stock', /^Line 2: attempt\.seenStock: /],
];

test.each(REFUSED)('%s is refused', async (file, message) => {
  const { code, errors, lane } = await judge(file);
  expect({ code, lane }).toEqual({ code: EXIT.usage, lane: undefined });
  expect(errors).toMatch(message);
});

test('every file is judged here', () => {
  const named = [
    VIOLATED.map(([file]) => file),
    OPEN.map(([file]) => file),
    HELD,
    REFUSED.map(([file]) => file),
  ];
  const there = readdirSync(FOLDER).map((file) => file.replace('.ndjson', ''));
  expect(named.flat().sort()).toEqual(there.sort());
});

test('colours are left out by --no-color, wherever it stands', async () => {
  const file = join(FOLDER, 'stock-that-rose.ndjson');
  for (const [args, isColored] of [
    [['audit', file], true],
    [['audit', file, '--no-color'], false],
    [['--no-color', 'audit', file], false],
  ] as const) {
    const { io, output } = commandIo({ color: true });
    await runCommand(args, io, '0.0.0');
    expect(output().includes('\u001b[')).toBe(isColored);
  }
});
