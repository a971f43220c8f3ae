import { describe, expect, test } from 'vitest';
import type { CheckResult } from '@/model/app-check';
import { RESULT, SOUND } from '../../../tests/fixtures/check-result';
import { judgeAgainst } from '../race-report';
import { CHECK_FORMATS, checkToGithubAnnotations, checkToMarkdown, type CheckDemand } from './check-formats';

const UNDECIDED: CheckResult = { ...RESULT, verdict: 'inconclusive', findings: [] };

function demand(result: CheckResult, expected: 'safe' | 'race'): CheckDemand {
  return { text: expected, ...judgeAgainst(expected, 'conditional', result.verdict) };
}

function write(id: string, result: CheckResult, expected: 'safe' | 'race' = 'safe'): string {
  return CHECK_FORMATS.find((format) => format.id === id)!.write(result, demand(result, expected));
}

describe('JUnit', () => {
  test.for([
    ['violated', RESULT, 'safe', { tests: 2, failures: 2, skipped: 0 }],
    ['violated as expected', RESULT, 'race', { tests: 2, failures: 0, skipped: 1 }],
    ['ok', SOUND, 'safe', { tests: 1, failures: 0, skipped: 0 }],
    ['ok against expectation', SOUND, 'race', { tests: 1, failures: 1, skipped: 0 }],
    ['inconclusive', UNDECIDED, 'safe', { tests: 1, failures: 0, skipped: 1 }],
  ] as const)('of a check that is %s', ([, result, expected, counts]) => {
    const xml = write('junit', result, expected);
    for (const [name, count] of Object.entries(counts)) expect(xml).toContain(` ${name}="${count}"`);
    expect(xml).toContain('the last &lt;unit&gt;');
    expect(xml).not.toContain('<unit>');
  });
});

test('Markdown has a column for each request, and shows no markup of the app', () => {
  const markdown = checkToMarkdown(RESULT);
  expect(markdown).toContain('### violated: the last &lt;unit&gt;');
  expect(markdown).toContain('| accepted 200 + accepted 200 | as no order one after the other | 2 |');
  expect(markdown).toContain("| 2 | select n from stock where sku = '&lt;b&gt;\\|x'; -&gt; n 1 |  |");
  expect(markdown).toContain('| 3 |  | update stock set n = 0; -&gt; UPDATE 1 |');
  expect(markdown).toContain('by what it read at 2, which 3 has changed');
  expect(markdown).toContain('| answer |  | refused: 409 gone |');
  expect(markdown).toContain('**Lost update**');
  expect(markdown).not.toMatch(/<script|<b>/);
});

test('GitHub gets an error for each finding with how to run it again, and one line for the verdict', () => {
  const lines = (result: CheckResult, expected: 'safe' | 'race') =>
    checkToGithubAnnotations(result, demand(result, expected)).trimEnd().split('\n');
  expect(lines(RESULT, 'safe')).toEqual([
    `::error title=the last <unit>::The rows are those of no order.%0ARun it again: ${RESULT.replay}`,
    '::notice title=the last <unit>%3A violated::T1 and T2 were accepted.%0AReproduced 10 of 10.',
  ]);
  expect(lines(RESULT, 'race')).toHaveLength(1);
  expect(lines(UNDECIDED, 'safe')[0]).toMatch(/^::warning /);
});
