import { expect, test } from 'vitest';
import type { Verdict } from '@/model/verdict';
import { weighByControl } from './positive-control';

const OK: Verdict = { status: 'ok', reason: 'Sold exactly 5 of 5 units.', findings: [] };
const VIOLATED: Verdict = {
  status: 'violated',
  reason: 'Oversold.',
  findings: [{ kind: 'oversold', count: 1, message: 'Oversold.', evidence: [], pieces: 0 }],
};

test('ok stays ok, and says more, where the control broke', () => {
  const weighed = weighByControl(OK, { strategy: 'read-then-write', broke: true });
  expect(weighed.status).toBe('ok');
  expect(weighed.reason).toBe(
    'Sold exactly 5 of 5 units. Its control, read-then-write, broke under the same load.',
  );
});

test('ok becomes inconclusive where the control held as well', () => {
  const weighed = weighByControl(OK, { strategy: 'read-then-write', broke: false });
  expect(weighed).toMatchObject({ status: 'inconclusive', findings: [] });
  expect(weighed.reason).toMatch(/neither did its control, read-then-write/);
});

test('without a control, and where something was found, nothing changes', () => {
  expect(weighByControl(OK, null)).toBe(OK);
  expect(weighByControl(VIOLATED, { strategy: 'read-then-write', broke: false })).toBe(VIOLATED);
});
