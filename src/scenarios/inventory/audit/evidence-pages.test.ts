import { expect, it } from 'vitest';
import { FINDING_KINDS } from '@/model/verdict';
import { violatedCase } from '../../../../bench/support/audit-histories';
import { listEvidence, listLosses, listNaming } from '@/audit/evidence-pages';
import { INVENTORY_RULES } from '@/scenarios/inventory/audit/audit';

const { history, final } = violatedCase(600);
const EVERYTHING = { offset: 0, limit: Infinity };

/** Every piece of every kind under the number by which it is asked for. */
const all = [...FINDING_KINDS, 'losses' as const].flatMap((kind) => {
  const page =
    kind === 'losses'
      ? listLosses(INVENTORY_RULES, history, final, EVERYTHING)
      : listEvidence(INVENTORY_RULES, history, final, kind, EVERYTHING);
  return page.evidence.map((evidence, piece) => ({ kind, piece, evidence }));
});
const naming = (id: string | undefined) =>
  all.filter(({ evidence }) => evidence.attemptId === id || evidence.otherAttemptId === id);
const inOrder = (pieces: typeof all) =>
  [...pieces].sort((a, b) => a.kind.localeCompare(b.kind) || a.piece - b.piece);

it('finds every piece that names an attempt, on either side, by its number within its kind', () => {
  const sides = [all[0]?.evidence.attemptId, all.find(({ piece }) => piece === 9)?.evidence.otherAttemptId];
  for (const id of sides) {
    const found = listNaming(INVENTORY_RULES, history, final, id ?? '', 1_000);
    expect(found.total).toBeGreaterThan(0);
    expect(found.total).toBe(naming(id).length);
    expect(inOrder(found.pieces)).toEqual(inOrder(naming(id)));
  }
});

it('counts all and tells the first', () => {
  const busiest = all.find(({ evidence }) => naming(evidence.otherAttemptId).length > 1)?.evidence
    .otherAttemptId;
  const found = listNaming(INVENTORY_RULES, history, final, busiest ?? '', 1);
  expect(found.total).toBe(naming(busiest).length);
  expect(found.total).toBeGreaterThan(1);
  expect(found.pieces).toHaveLength(1);
});

it('finds nothing for an attempt that is in no piece', () => {
  expect(listNaming(INVENTORY_RULES, history, final, 'nobody', 10)).toEqual({
    total: 0,
    isComplete: true,
    pieces: [],
  });
});
