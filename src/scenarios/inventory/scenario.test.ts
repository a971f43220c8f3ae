import { expect, test } from 'vitest';
import type { RegisteredStrategy } from '../registry';
import inventory from './scenario';

const controlOf = (strategy: object) => inventory.controlOf(strategy as RegisteredStrategy);

test('the control of a strategy is the same purchase without a guard, on the same kind of store', () => {
  expect(controlOf({})).toBe('read-then-write');
  expect(controlOf({ storage: { store: 'unit rows' } })).toBe('read-then-write');
  expect(controlOf({ storage: { store: 'redis' } })).toBe('redis-get-decr');
});
