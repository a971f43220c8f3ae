import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hostileReport,
  hostileText,
  OK_LANE,
  raceReport,
  VIOLATED_LANE,
} from '../../../tests/fixtures/lanes/race-report';
import { escapeMarkdown, toMarkdown } from './markdown';

describe('a report as Markdown', () => {
  test('says the outcome, the plan, the lanes, what is not met and what was found', () => {
    expect(toMarkdown(raceReport())).toBe(`### Race finished: 12 demands, 4 broken, 2 undecided, 6 met

100 units · 1,000 attempts a lane · 100 buyers at once · 10 ms think time · lanes one after the other · pool of 20 connections · seed 7

| strategy | verdict | units sold | latency p99 | accepted per second | retries |
| --- | --- | ---: | ---: | ---: | ---: |
| Read, then write | OVERSOLD +91 | 191 of 100 | 120.5 ms | 95.5/s | 7 |
| Conditional update | EXACT | 100 of 100 | 120.5 ms | 50/s | 0 |
| Advisory lock | INCONCLUSIVE | 20 of 100 | 120.5 ms | 10/s | 0 |
| Redis DECR | NOT RUN | – | – | – | – |

**Demands that are not met**

- Read, then write: expectation safe broken: the verdict is violated
- Read, then write: invariant oversold==0 broken: oversold is 91
- Advisory lock: expectation safe undecided: the verdict is inconclusive
- Redis DECR: expectation safe undecided: the lane was not judged
- Redis DECR: invariant oversold==0 broken: oversold has no value
- Redis DECR: threshold p99&lt;200 broken: p99 has no value

**Findings**

- Read, then write: oversold 91: 91 units were sold beyond the stock.
- Read, then write: lost updates 88: 88 units were lost.
`);
  });

  test('leaves out lists that have nothing in them', () => {
    const text = toMarkdown(raceReport({ lanes: [OK_LANE] }));
    expect(text).toMatch(/^### Race finished: 3 demands, all met\n/);
    expect(text).not.toContain('**');
  });

  test('says why a race failed, and which lane is a control', () => {
    const lanes = [{ ...VIOLATED_LANE, role: 'control' as const }];
    const text = toMarkdown(
      raceReport({ lanes, race: { status: 'failed', reason: 'The database is gone.' } }),
    );
    expect(text).toMatch(/^### Race failed\n\nThe database is gone\.\n/);
    expect(text).toContain('| Read, then write (control) | OVERSOLD +91 |');
  });
});

/** A text as a reader of the comment sees it. */
function show(markdown: string): string {
  return markdown
    .replaceAll('&#8203;', '')
    .replace(/\\([\p{P}\p{S}])/gu, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

const HOSTILE = '\\`*_[]()<>&#@|~$!:/-+=. 1aw\n';

describe('a text in Markdown', () => {
  test.each([
    ['a|b', 'a\\|b'],
    ['`a` *b* _c_ ~d~ $e$', '\\`a\\` \\*b\\* \\_c\\_ \\~d\\~ \\$e\\$'],
    ['<img src=x onerror=y> &amp;', '&lt;img src=x onerror=y&gt; &amp;amp;'],
    ['![i](//x) [l](y)', '!\\[i\\](//x) \\[l\\](y)'],
    ['a\r\n\n# b\u2028c\u0000\u202ed', 'a #&#8203; b c d'],
    ['@user, a@b.example', '@&#8203;user, a@&#8203;b.example'],
    ['#12 owner/name#12', '#&#8203;12 owner/name#&#8203;12'],
    ['https://x.example www.x.example', 'https:&#8203;//x.example www&#8203;.x.example'],
    [':tada: :a_b: a: b', ':&#8203;tada: :&#8203;a\\_b: a: b'],
    ['- a', '\\- a'],
    ['1. a', '1\\. a'],
    ['12) a', '12\\) a'],
    ['> a', '&gt; a'],
    ['\\|', '\\\\\\|'],
    ['  a  ', 'a'],
    ['Read, then write: 95.5/s (+1)', 'Read, then write: 95.5/s (+1)'],
  ])('%j is written as %j', (text, markdown) => {
    expect(escapeMarkdown(text)).toBe(markdown);
  });

  test('shows as it is, without anything that GitHub would take for more than text', () => {
    fc.assert(
      fc.property(hostileText(HOSTILE), (text) => {
        const markdown = escapeMarkdown(text);
        expect(show(markdown)).toBe(text.replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ').trim());
        const bare = markdown.replace(/\\[\p{P}\p{S}]/gu, 'x').replace(/&(?:amp|lt|gt|#8203);/g, '\u200b');
        expect(bare).not.toMatch(/[\\`*_[\]<>&|~$\n]|[@#](?!\u200b)|:\/\/|www\.|^[-+=]|^\d+[.)](?: |$)/i);
      }),
    );
  });

  test('adds neither a row, a cell, an item nor a paragraph', () => {
    const shape = (text: string) =>
      toMarkdown(hostileReport(text))
        .split('\n')
        .map((line) => [/^(?:\||- |### |\*\*|$)/.exec(line)?.[0], line.split(/(?<!\\)(?:\\\\)*\|/).length]);
    const plain = shape('a');
    fc.assert(
      fc.property(
        hostileText(HOSTILE).filter((text) => escapeMarkdown(text) !== ''),
        (text) => {
          expect(shape(text)).toEqual(plain);
        },
      ),
    );
  });
});
