import { expect, test } from 'vitest';
import type { StepKind } from '@/model/step-kind';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { toFinalState } from './storage';

const ITEM = { sku: 'a', initialStock: 3, stillRunning: 0 };
const ROWS = { stock: 3, orders: [], own: null };

test.for<[string, StepKind[], boolean | undefined, boolean]>([
  ['takes units in Redis', ['redis decide'], undefined, true],
  ['takes units in PostgreSQL', ['decide'], undefined, false],
  ['says that it gives them back', ['decide'], true, true],
  ['says that it does not', ['redis write'], false, false],
])('attempts of a strategy that %s may have given units back, or not', ([, stepKinds, givesBack, may]) => {
  const strategy = { stepKinds, stores: ['postgres'], givesBack } as unknown as RegisteredStrategy;
  expect(toFinalState(strategy, ITEM, ROWS).givesBack).toBe(may);
});
