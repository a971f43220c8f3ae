import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { Exploration, ScheduleView } from '@/model/exploration';
import { FINDING_KINDS, type Finding } from '@/model/verdict';
import { FINDING_NAMES } from '@/model/wording';
import { nameEvidence } from '~/features/collision/name-evidence';
import { Debugger } from '~/features/explorer/debugger';
import { OutcomeTable } from '~/features/explorer/exploration-result';
import { laneView } from '../../../../tests/fixtures/lanes/lane-view';
import { Findings } from './findings';

/** Kinds whose names are other words. */
const KINDS = FINDING_KINDS.filter((kind) => FINDING_NAMES[kind] !== kind);
const findings = KINDS.map((kind): Finding => ({
  kind,
  count: 2,
  message: 'Broken.',
  evidence: [],
  pieces: 0,
}));

function expectNames(markup: string): void {
  for (const kind of KINDS) {
    expect(markup).toContain(FINDING_NAMES[kind]);
    expect(markup).not.toMatch(new RegExp(`\\b${kind}\\b`));
  }
}

test('the findings of a race have the names of the audit, and never the ids of their kinds', () => {
  const lane = laneView({ status: 'finished', verdict: { status: 'violated', reason: '', findings } });
  expectNames(renderToStaticMarkup(<Findings lanes={[lane, lane]} collisions={null} />));
  expectNames(KINDS.map(nameEvidence).join());
});

test('so have those of an exploration, in its table and at the end of a schedule', () => {
  const result = {
    outcomes: [{ outcomes: ['accepted'], findings: KINDS, run: 1, schedules: 1, example: 'ab' }],
  } as unknown as Exploration;
  expectNames(
    renderToStaticMarkup(
      <OutcomeTable result={result} url="/explorations/x" renderLink={(_to, _class, label) => label} />,
    ),
  );
  const schedule = { id: 'ab', moves: [], outcomes: [], findings, stock: [], orders: [], preemptions: 0 };
  expectNames(
    renderToStaticMarkup(
      <Debugger schedule={schedule satisfies ScheduleView} attempts={2} source="" lines={[]} />,
    ),
  );
});
