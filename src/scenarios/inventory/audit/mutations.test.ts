import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { correctLaneWithSale } from '../../../../tests/fixtures/lanes/correct-lane';
import { MUTATIONS } from '../../../../tests/fixtures/lanes/damages/index';
import { auditLane, historyOf, finalOf } from '../../../../tests/fixtures/lanes/history';
import { CHECKS } from '../checks/checks';
import { listEvidence } from '@/audit/evidence-pages';
import { INVENTORY_RULES } from '@/scenarios/inventory/audit/audit';

// fast-check prints the seed and the shrunken lane when a property fails; `fc.assert(…, { seed })` runs it again.
const RUNS = 200;

const rates: { damage: string; finding: string; caught: number; of: number }[] = [];

test.each(MUTATIONS)('$name is always found, as $kind', ({ name, kind, damage }) => {
  const rate = { damage: name, finding: kind, caught: 0, of: 0 };
  rates.push(rate);
  fc.assert(
    fc.property(correctLaneWithSale, fc.nat(), (given, choice) => {
      const lane = structuredClone(given);
      const count = damage(lane, choice);
      fc.pre(count !== undefined);
      rate.of += 1;
      const { verdict, checks } = auditLane(lane);
      const found = verdict.findings.find((finding) => finding.kind === kind);
      if (found !== undefined) rate.caught += 1;
      expect(verdict.status).toBe('violated');
      expect(found).toMatchObject(count === true ? { kind } : { kind, count });
      const responsible = CHECKS.filter(({ kinds }) => kinds.includes(kind)).map(({ no }) => no);
      const broken = checks.filter(({ status, no }) => status === 'broken' && responsible.includes(no));
      expect(broken).not.toEqual([]);
      const page = { offset: 0, limit: 20 };
      const listed = listEvidence(INVENTORY_RULES, historyOf(lane.attempts), finalOf(lane), kind, page);
      expect(found?.evidence).toEqual(listed.evidence);
      expect(found?.pieces).toBe(listed.total);
      expect(listed.evidence.length).toBeGreaterThan(0);
    }),
    { numRuns: RUNS, maxSkipsPerRun: 1_000 },
  );
  expect(rate.of).toBeGreaterThanOrEqual(RUNS);
});

afterAll(() => {
  const rows = rates.map(({ damage, finding, caught, of }) => {
    const rate = `${((100 * caught) / of).toFixed(0)} %`;
    return `| ${damage} | \`${finding}\` | ${caught} of ${of} | ${rate} |`;
  });
  console.log(['| damage | finding | caught | kill rate |', '|---|---|---|---|', ...rows].join('\n'));
});
