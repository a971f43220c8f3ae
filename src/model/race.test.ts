import { expect, test } from 'vitest';
import { laneView } from '../../tests/fixtures/lanes/lane-view';
import type { Evidence, Finding } from './verdict';
import { toListed, type RaceSummary } from './race';

test('lists answer the first piece of evidence of each finding, and how many there are', () => {
  const piece = (attemptId: string): Evidence => ({ attemptId, note: 'bought' });
  const oversold: Finding = {
    kind: 'oversold',
    count: 2,
    message: '102 orders for 100 units.',
    evidence: [piece('r.0.7'), piece('r.0.9')],
    pieces: 2,
  };
  const lane = laneView({ verdict: { status: 'violated', reason: 'Oversold.', findings: [oversold] } });
  const listed = toListed({ lanes: [lane] } as unknown as RaceSummary);
  expect(listed.lanes[0]?.verdict).toEqual({
    status: 'violated',
    reason: 'Oversold.',
    findings: [{ ...oversold, evidence: [piece('r.0.7')] }],
  });
});
