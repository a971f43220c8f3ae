import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addCounts, countGate, countPlaywright, countVitest, formatCounts, readCounts } from './gates.mjs';

let dir;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'oversell-report-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const vitest = (...statuses) => ({
  testResults: [
    {
      status: statuses.includes('failed') ? 'failed' : 'passed',
      assertionResults: statuses.map((status) => ({ status })),
    },
  ],
});

function write(report) {
  const file = join(dir, 'report.json');
  writeFileSync(file, typeof report === 'string' ? report : JSON.stringify(report));
  return file;
}

test('counts what Vitest ran', () => {
  expect(countVitest(vitest('passed', 'passed', 'failed', 'skipped', 'todo'))).toEqual({
    passed: 2,
    failed: 1,
    skipped: 2,
  });
});

test('a test file that cannot be loaded is a failure', () => {
  const report = {
    testResults: [...vitest('passed').testResults, { status: 'failed', assertionResults: [] }],
  };
  expect(countVitest(report)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test('a flaky browser test and an error outside any test are failures', () => {
  const stats = { expected: 5, unexpected: 1, flaky: 1, skipped: 2 };
  expect(countPlaywright({ stats, errors: [{}] })).toEqual({ passed: 5, failed: 3, skipped: 2 });
});

test('a runner that crashes, leaves nonsense, finds no test or fails without a failed test counts as one failure', () => {
  const one = { passed: 0, failed: 1, skipped: 0 };
  expect(readCounts(join(dir, 'none.json'), countVitest, 1)).toEqual(one);
  expect(readCounts(write('{"testResu'), countVitest, 0)).toEqual(one);
  expect(readCounts(write(vitest()), countVitest, 0)).toEqual(one);
  expect(readCounts(write(vitest('passed')), countVitest, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect(readCounts(write(vitest('passed')), countVitest, 0)).toEqual({ passed: 1, failed: 0, skipped: 0 });
});

test('the last line has the agreed form', () => {
  const total = addCounts([
    { passed: 100, failed: 0, skipped: 0 },
    { passed: 23, failed: 0, skipped: 0 },
  ]);
  expect(formatCounts(total)).toBe('123 passed, 0 failed');
  expect(formatCounts({ ...total, skipped: 4 })).toBe('123 passed, 0 failed, 4 skipped');
});

test('a gate that says yes counts nothing, one that says no or breaks counts one failure', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const gates = [
    () => Promise.resolve(true),
    () => Promise.resolve(undefined),
    () => Promise.resolve('build/server'),
    () => Promise.resolve({ passed: 7, failed: 1, skipped: 0 }),
    () => Promise.resolve(false),
    () => Promise.reject(new Error('broken')),
  ];
  const counts = await Promise.all(gates.map((gate) => countGate(gate)));
  expect(counts.map(({ failed }) => failed)).toEqual([0, 0, 0, 1, 1, 1]);
  expect(formatCounts(addCounts(counts))).toBe('7 passed, 3 failed');
  expect(error).toHaveBeenCalledTimes(1);
});
