import { expect, it } from 'vitest';
import { fromText, show } from './numbers';

it('takes numbers as people write them, and leaves everything else to be refused as it stands', () => {
  expect(['100', ' 7 ', '-3', '2.5', '.5', '+4'].map(fromText)).toEqual([100, 7, -3, 2.5, 0.5, 4]);
  const others = ['0x10', '1e3', '0b11', '1,000', 'Infinity', '', ' ', '1.2.3', 'ten'];
  expect(others.map(fromText)).toEqual(others);
});

it('shows whatever a settings file may hold', () => {
  const values = [7, 'a', true, null, undefined, 10n, Symbol('x'), () => 1, {}, []];
  expect(values.map(show)).toEqual([
    ...['7', '"a"', 'true', 'nothing', 'nothing', '10', 'a symbol', 'a function', 'an object', 'a list'],
  ]);
});
