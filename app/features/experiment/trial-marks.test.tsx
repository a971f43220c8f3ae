import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import type { TrialLane } from '@/model/experiment';
import { describeLane } from '@/report/verdict-words';
import { laneView } from '../../../tests/fixtures/lanes/lane-view';
import { TrialMarks } from './trial-marks';

const oversold = laneView({
  status: 'finished',
  oversold: 91,
  verdict: {
    status: 'violated',
    reason: '191 units were sold, 100 existed.',
    findings: [{ kind: 'oversold', count: 91, message: '191 units were sold.', evidence: [], pieces: 0 }],
  },
});
const lucky = laneView({
  status: 'finished',
  verdict: { status: 'ok', reason: 'Nothing broke.', findings: [] },
});
const doubted = laneView({
  status: 'finished',
  verdict: { status: 'inconclusive', reason: 'Nothing raced.', findings: [] },
});

function trialOf(lane: typeof oversold, trial: number): TrialLane {
  const { status, oversold: units, lostUpdates, verdict } = lane;
  return {
    raceId: `race${trial}`,
    trial,
    verdict: status === 'finished' ? verdict.status : null,
    words: describeLane(lane),
    oversold: units,
    lostUpdates,
  };
}

const marks = renderToStaticMarkup(
  <TrialMarks
    trials={[oversold, lucky, doubted, laneView({ status: 'running' })].map((lane, i) =>
      trialOf(lane, i + 1),
    )}
    planned={4}
    label="Trials"
    renderLink={(to, { className, label, title }, children) => (
      <a href={to} className={className} aria-label={label} title={title}>
        {children}
      </a>
    )}
  />,
);
const all = (pattern: RegExp) => [...marks.matchAll(pattern)].map(([, text]) => text);

it('says of each trial the word, the sentence and the colour that its race has', () => {
  expect(all(/data-mark="(.*?)"/g)).toEqual(['violated', 'held', 'inconclusive', 'waiting']);
  expect(all(/aria-label="(Trial .*?)"/g)).toEqual([
    'Trial 1: OVERSOLD +91',
    'Trial 2: HELD THIS TIME',
    'Trial 3: INCONCLUSIVE',
    'Trial 4: SELLING so far',
  ]);
  expect(all(/title="(.*?)"/g)).toEqual([
    'Trial 1: OVERSOLD +91. 191 units were sold, 100 existed.',
    'Trial 2: HELD THIS TIME. Nothing broke. It held this time; its strategy is unsafe all the same.',
    'Trial 3: INCONCLUSIVE. Nothing raced.',
    'Trial 4: SELLING so far. 0 of 100 units sold, nothing oversold.',
  ]);
  // an unsafe strategy that was lucky is not shown as proven
  expect(all(/class="[^"]*bg-(unsafe-wash|safe-wash|warning-wash)/g)).toEqual([
    'unsafe-wash',
    'warning-wash',
  ]);
});
