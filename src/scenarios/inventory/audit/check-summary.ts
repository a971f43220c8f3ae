import type { Check } from '@/audit/invariant';
import type { CheckSummary } from '@/model/verdict';
import type { RegisteredCheck } from '../checks/invariants';

/** What one check came to, of what its invariants have to say: the worst of it. */
export function summarize({ no, id, title }: RegisteredCheck, checks: readonly Check[]): CheckSummary {
  return { id, no, title, ...statusOf(checks) };
}

function statusOf(checks: readonly Check[]): Pick<CheckSummary, 'status' | 'why'> {
  const broken = checks.flatMap(({ found, broken: why }) => [
    ...found.map(({ message }) => message),
    ...(why === undefined ? [] : [why]),
  ]);
  if (broken.length > 0) return { status: 'broken', why: broken.join(' ') };
  const doubts = checks.flatMap(({ doubt }) => doubt ?? []);
  if (doubts.length > 0) return { status: 'undecided', why: doubts.join(' ') };
  const idle = checks.flatMap(({ notApplicable }) => notApplicable ?? []);
  if (idle.length === checks.length) return { status: 'not-applicable', why: idle.join(' ') };
  const remarks = checks.flatMap(({ remark }) => remark ?? []);
  return { status: 'held', ...(remarks.length > 0 && { why: remarks.join(' ') }) };
}
