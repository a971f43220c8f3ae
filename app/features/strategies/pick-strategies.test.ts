import { expect, it } from 'vitest';
import type { Expected } from '@/model/strategy';
import { strategyInfo as strategy } from '../../../tests/fixtures/shop/strategy-info';
import { pickStrategies, unsafeFirst } from './pick-strategies';

const ALL = [
  strategy('select-for-update', { name: 'Locking Read' }),
  strategy('redis-get-decr', { expected: 'unsafe', stores: ['redis'] }),
  strategy('process-mutex', { expected: 'conditional', summary: 'A mutex in memory.' }),
];

const pick = (text: string, expected: Expected | null = null) =>
  pickStrategies(ALL, { text, expected }).map(({ id }) => id);

it('finds every word anywhere, in any case', () => {
  expect(pick('')).toEqual(['select-for-update', 'redis-get-decr', 'process-mutex']);
  expect(pick(' LOCKING update ')).toEqual(['select-for-update']);
  expect(pick('memory')).toEqual(['process-mutex']);
  expect(pick('redis lost')).toEqual(['redis-get-decr']);
  expect(pick('locking memory')).toEqual([]);
});

it('narrows down by class too', () => {
  expect(pick('', 'unsafe')).toEqual(['redis-get-decr']);
  expect(pick('memory', 'safe')).toEqual([]);
});

it('puts the unsafe ones on the left and the safe ones on the right', () => {
  expect(unsafeFirst(ALL).map(({ id }) => id)).toEqual([
    'redis-get-decr',
    'process-mutex',
    'select-for-update',
  ]);
});
