import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  hostileReport,
  hostileText,
  OK_LANE,
  raceReport,
  VIOLATED_LANE,
} from '../../../tests/fixtures/lanes/race-report';
import type { RaceReport } from '../race-report';
import { toGithubAnnotations } from './github';

interface Annotation {
  kind: string;
  title: string;
  message: string;
}

/** Reads the lines as the runner of GitHub Actions does; there is nothing else between them. */
function readAnnotations(report: RaceReport): Annotation[] {
  const lines = toGithubAnnotations(report).split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => {
    const [, kind = '', properties = '', data = ''] = /^::(\w+) ([^:]*)::([^\r]*)$/.exec(line) ?? [];
    const titles = properties.split(',').map((property) => property.replace(/^title=/, ''));
    expect(titles, line).toHaveLength(1);
    return { kind, title: unescape(titles[0] ?? ''), message: unescape(data) };
  });
}

const ESCAPED: Record<string, string> = { '%25': '%', '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',' };

function unescape(text: string): string {
  return text.replace(/%(?:25|0D|0A|3A|2C)/g, (escape) => ESCAPED[escape] ?? '');
}

test('a violated lane and a broken demand are errors, an undecided one is a warning, the outcome a notice', () => {
  expect(
    readAnnotations(raceReport()).map(({ kind, title, message }) => `${kind} ${title} | ${message}`),
  ).toEqual([
    'error Read, then write: OVERSOLD +91 | 191 units were sold of 100.',
    'error Read, then write: expectation safe | the verdict is violated',
    'error Read, then write: invariant oversold==0 | oversold is 91',
    'warning Advisory lock: expectation safe | the verdict is inconclusive',
    'warning Redis DECR: expectation safe | the lane was not judged',
    'error Redis DECR: invariant oversold==0 | oversold has no value',
    'error Redis DECR: threshold p99<200 | p99 has no value',
    'notice Race finished: 12 demands, 4 broken, 2 undecided, 6 met | ' +
      'Read, then write: OVERSOLD +91\nConditional update: EXACT\nAdvisory lock: INCONCLUSIVE\nRedis DECR: NOT RUN',
  ]);
});

test('a lane that may break, or holds, is no error', () => {
  const kinds = (report: RaceReport) => readAnnotations(report).map(({ kind }) => kind);
  const onlyExpect = (expect: 'safe' | 'race' | 'label') => ({ expect, invariants: [], thresholds: [] });
  const control = { ...VIOLATED_LANE, role: 'control' as const };
  expect(kinds(raceReport({ lanes: [OK_LANE, control] }))).toEqual(['notice']);
  expect(kinds(raceReport({ lanes: [VIOLATED_LANE], demands: onlyExpect('race') }))).toEqual(['notice']);
  const conditional = { ...VIOLATED_LANE, expected: 'conditional' as const };
  expect(kinds(raceReport({ lanes: [conditional], demands: onlyExpect('label') }))).toEqual(['notice']);
  const safe = { ...VIOLATED_LANE, expected: 'safe' as const };
  expect(kinds(raceReport({ lanes: [safe], demands: onlyExpect('label') }))).toEqual([
    'error',
    'error',
    'notice',
  ]);
});

test('no text ends its line, its title or its command', () => {
  fc.assert(
    fc.property(hostileText('%\r\n:,=A025'), (text) => {
      const [lane, demand] = readAnnotations(hostileReport(text));
      expect(lane).toMatchObject({ kind: 'error', title: `${text}: OVERSOLD +91` });
      expect(lane?.message).toContain(text);
      expect(demand).toEqual({ kind: 'error', title: `${text}: expectation ${text}`, message: text });
    }),
  );
});
