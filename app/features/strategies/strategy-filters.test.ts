import { expect, test } from 'vitest';
import { strategyInfo as strategy } from '../../../tests/fixtures/shop/strategy-info';
import { nameAnomaly } from './name-anomaly';
import { filterStrategies, listChoices } from './strategy-filters';

const ALL = [
  strategy('a', { expected: 'unsafe' }),
  strategy('b', { stores: ['redis', 'postgres'], anomaly: 'drift between stores' }),
  strategy('c', {}),
];
const ids = (query: string) => filterStrategies(ALL, new URLSearchParams(query)).map(({ id }) => id);

test('filters narrow down together', () => {
  expect(ids('')).toEqual(['a', 'b', 'c']);
  expect(ids('class=safe')).toEqual(['b', 'c']);
  expect(ids('class=safe&store=redis')).toEqual(['b']);
  expect(ids('class=nothing')).toEqual([]);
});

test('a choice says how many it would leave, and its query takes it or lets it go', () => {
  const choices = listChoices(ALL, new URLSearchParams('class=safe&store=redis'), 'store');
  expect(choices).toEqual([
    { filter: 'store', value: 'postgres', count: 2, chosen: false, query: 'class=safe&store=postgres' },
    { filter: 'store', value: 'redis', count: 1, chosen: true, query: 'class=safe' },
  ]);
});

test('a safe strategy is not named by an anomaly as if it had it', () => {
  expect(nameAnomaly({ expected: 'safe', anomaly: 'lost update' })).toBe('prevents: lost update');
  expect(nameAnomaly({ expected: 'unsafe', anomaly: 'lost update' })).toBe('shows: lost update');
});
