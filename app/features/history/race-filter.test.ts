import { describe, expect, it } from 'vitest';
import { addressForm, addressRaces, describeFilter, isNarrow } from './race-filter';

describe('the address of a list of races', () => {
  it('holds what narrows it down and where it begins, and no empty fields', () => {
    expect(addressRaces({})).toBe('/races');
    expect(addressRaces({ strategy: '', verdict: undefined })).toBe('/races');
    expect(addressRaces({ strategy: 'a & b', verdict: 'ok' }, '2026~x')).toBe(
      '/races?strategy=a+%26+b&verdict=ok&cursor=2026%7Ex',
    );
  });

  it('is made from a form, without its other fields', () => {
    const form = new FormData();
    form.set('strategy', '  ');
    form.set('model', 'burst');
    form.set('other', 'thing');
    expect(addressForm(form)).toBe('/races?model=burst');
  });
});

it('knows whether a filter narrows anything down', () => {
  expect(isNarrow({ strategy: '' })).toBe(false);
  expect(isNarrow({ status: 'failed' })).toBe(true);
});

it('says in words what was searched for', () => {
  expect(describeFilter({ strategy: 'read', verdict: 'violated', model: 'burst', status: 'finished' })).toBe(
    'with a violated lane of “read”, in the burst model, that are finished',
  );
  expect(describeFilter({ strategy: 'read' })).toBe('with a lane of “read”');
  expect(describeFilter({ verdict: 'ok' })).toBe('with an ok lane');
  expect(describeFilter({ status: 'queued' })).toBe('that are queued');
});
