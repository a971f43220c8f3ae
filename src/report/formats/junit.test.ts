import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LaneView } from '@/model/race';
import {
  CANCELLED_LANE,
  INCONCLUSIVE_LANE,
  hostileReport,
  hostileText,
  raceReport,
  VIOLATED_LANE,
} from '../../../tests/fixtures/lanes/race-report';
import type { Demands } from '../race-report';
import { toJunit } from './junit';

/** Only characters that XML 1.0 allows, and no reference but to those that it defines. */
const TEXT = /(?:[^<>&"\p{Cc}\p{Cs}\ufffe\uffff]|[\x7f-\x9f]|&(?:amp|lt|gt|quot|#9|#10|#13);)*/u.source;
const TAG = new RegExp(`<(?:/([a-z]+)|([a-z]+)((?: [a-z]+="${TEXT}")*)(/?))>`, 'uy');
const BETWEEN = new RegExp(`\n|${TEXT}`, 'uy');
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

/** Reads well-formed XML as this product writes it and nothing else: everything else in it is an error. */
function readXml(xml: string): Element {
  const document: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [document];
  expect(xml.startsWith(HEAD)).toBe(true);
  for (let at = HEAD.length; at < xml.length;) {
    TAG.lastIndex = at;
    const [all, endName, name = '', attributes = '', isEmpty] = TAG.exec(xml) ?? [];
    if (all === undefined) throw new Error(`no tag at ${at}: ${JSON.stringify(xml.slice(at, at + 60))}`);
    if (endName !== undefined) expect(open.pop()?.name).toBe(endName);
    else {
      const element: Element = { name, attributes: readAttributes(attributes), children: [], text: '' };
      open.at(-1)?.children.push(element);
      if (!isEmpty) open.push(element);
    }
    BETWEEN.lastIndex = at + all.length;
    const [between = ''] = BETWEEN.exec(xml) ?? [];
    const parent = open.at(-1);
    if (parent && between !== '\n') parent.text += unescape(between);
    at += all.length + between.length;
  }
  expect(open).toEqual([document]);
  expect(document.children).toHaveLength(1);
  return document.children[0] ?? document;
}

function readAttributes(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/ ([a-z]+)="([^"]*)"/g)];
  const read = Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, unescape(value)]));
  expect(Object.keys(read)).toHaveLength(pairs.length);
  return read;
}

const CHARACTERS: Record<string, string> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"' },
  ...{ '#9': '\t', '#10': '\n', '#13': '\r' },
};

function unescape(text: string): string {
  return text.replace(/&([^;]+);/g, (_, name: string) => CHARACTERS[name] ?? '');
}

/** The tests of a suite: name, and what came of it if it did not pass. */
function listTests(suite: Element | undefined): string[] {
  return (suite?.children ?? []).map(({ name, attributes, children: [problem] }) => {
    expect(name).toBe('testcase');
    expect(attributes.time).toBe('0');
    if (!problem) return `${attributes.name}: passed`;
    const { type, message } = problem.attributes;
    // some programs show the one, some the other
    expect(problem.text).toBe(message);
    return `${attributes.name}: ${[problem.name, type].filter(Boolean).join(' ')}, ${message}`;
  });
}

/** The tests of a race that has this lane alone. */
function testsOf(lane: LaneView, demands: Partial<Demands> = {}): string[] {
  return listTests(readXml(toJunit(raceReport({ lanes: [lane], demands }))).children[0]);
}

describe('a report as JUnit XML', () => {
  test('has a suite for each lane, with counts that add up', () => {
    const root = readXml(toJunit(raceReport()));
    const suites = root.children;
    expect(root).toMatchObject({
      name: 'testsuites',
      attributes: { name: 'oversell race b6f1c2', tests: '19', time: '4.500' },
    });
    expect(suites.map(({ name, attributes }) => [name, attributes.name])).toEqual([
      ['testsuite', 'read-then-write'],
      ['testsuite', 'conditional-update'],
      ['testsuite', 'advisory-lock'],
      ['testsuite', 'redis-decr'],
    ]);
    expect(suites[0]?.attributes).toMatchObject({
      ...{ id: '0', time: '1.500', timestamp: '2026-01-02T03:04:06' },
      ...{ tests: '6', failures: '3', errors: '0', skipped: '1' },
    });
    for (const count of ['tests', 'failures', 'errors', 'skipped'])
      expect(sum(suites, count), count).toBe(Number(root.attributes[count]));
    expect(sum(suites, 'tests')).toBe(suites.flatMap(({ children }) => children).length);
  });

  test('has a test for each check and each demand of a lane', () => {
    expect(testsOf(VIOLATED_LANE)).toEqual([
      '1. No more units sold than there were: failure check, 191 units were sold of 100.',
      '2. Stock never below zero: passed',
      '9. One holder of a lock at a time: skipped, not-applicable: No locks.',
      'expectation safe: failure expectation, the verdict is violated',
      'invariant oversold==0: failure invariant, oversold is 91',
      'threshold p99<200: passed',
    ]);
    expect(testsOf(INCONCLUSIVE_LANE)).toEqual([
      '1. No more units sold than there were: passed',
      '13. Sales were contested: skipped, undecided: None was.',
      'expectation safe: skipped, undecided: the verdict is inconclusive',
      'invariant oversold==0: passed',
      'threshold p99<200: passed',
    ]);
  });

  test('has an error that says why a lane was not judged', () => {
    expect(testsOf(CANCELLED_LANE).slice(0, 2)).toEqual([
      'verdict: error cancelled, NOT RUN: The race ended before this lane’s turn.',
      'expectation safe: skipped, undecided: the lane was not judged',
    ]);
  });

  test('has no failure of a lane that may break, and shows what broke all the same', () => {
    const broken = '1. No more units sold than there were: skipped, broken: 191 units were sold of 100.';
    const wanted = testsOf(VIOLATED_LANE, { expect: 'race', invariants: [] });
    expect(wanted).toEqual([
      broken,
      ...testsOf(VIOLATED_LANE).slice(1, 3),
      'expectation race: passed',
      'threshold p99<200: passed',
    ]);
    const control = raceReport({ lanes: [{ ...VIOLATED_LANE, role: 'control' }] });
    const [suite] = readXml(toJunit(control)).children;
    expect(listTests(suite)).toEqual(wanted.slice(0, 3));
    expect(suite?.children[0]?.attributes.classname).toBe('Read, then write (control)');
  });

  test('has a suite without tests for a lane without any', () => {
    const control = raceReport({ lanes: [{ ...VIOLATED_LANE, role: 'control', checks: null }] });
    expect(readXml(toJunit(control)).children).toMatchObject([{ attributes: { tests: '0' }, children: [] }]);
  });
});

function sum(suites: readonly Element[], count: string): number {
  return suites.reduce((all, { attributes }) => all + Number(attributes[count]), 0);
}

describe('a text in JUnit XML', () => {
  test.each([
    ['<script>"&\'', '<script>"&\''],
    [']]><x/>', ']]><x/>'],
    ['<![CDATA[', '<![CDATA['],
    ['&lt; &bogus; &#0; &#x1;', '&lt; &bogus; &#0; &#x1;'],
    ['a\r\n\tb', 'a\r\n\tb'],
    ['\u0000\u0008\u000b\u001b[31m', '\ufffd\ufffd\ufffd\ufffd[31m'],
    ['\ud800 \udfff \ufffe\uffff', '\ufffd \ufffd \ufffd\ufffd'],
    ['😀 \u007f\u0085', '😀 \ufffd\ufffd'],
  ])('%j reads as %j', (text, read) => {
    expect(readTexts(text)).toEqual(textsOf(read));
  });

  test('is well-formed whatever it holds, and reads as it was', () => {
    fc.assert(
      fc.property(hostileText('<>&"\'];#0x\n\r\t\u0000\udc00\ud800'), (text) => {
        // by the letter of the specification, and not by the expression that is tested; what it discourages too
        const keep = (character: string) => isAllowed(character) && !/[\u007f-\u009f]/.test(character);
        const read = Array.from(text, (character) => (keep(character) ? character : '\ufffd')).join('');
        expect(readTexts(text)).toEqual(textsOf(read));
      }),
    );
  });
});

/** Everything in the suite of a lane that has this text wherever it may have one. */
function readTexts(text: string): (string | undefined)[] {
  const [suite] = readXml(toJunit(hostileReport(text))).children;
  const tests = suite?.children ?? [];
  return [
    suite?.attributes.name,
    ...tests.flatMap(({ attributes: { classname, name }, children: [problem] }) => [
      ...[classname, name, problem?.attributes.message, problem?.text],
    ]),
  ];
}

function textsOf(text: string): (string | undefined)[] {
  const test = (name: string, ...messages: (string | undefined)[]) => [text, name, ...messages];
  const demand = (kind: string) => test(`${kind} ${text}`, text, text);
  return [
    text,
    ...test(`1. ${text}`, text, text),
    ...[...demand('expectation'), ...demand('invariant'), ...test(`threshold ${text}`, undefined, undefined)],
  ];
}

function isAllowed(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (
    [0x9, 0xa, 0xd].includes(code) ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    code >= 0x10000
  );
}
