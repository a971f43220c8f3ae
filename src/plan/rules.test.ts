import { expect, test } from 'vitest';
import { LOAD_MODELS } from './load-plan';
import { findContradictions, isMeaningless } from './rules';
import type { LoadRequest } from './rules';

test.for<[LoadRequest, string]>([
  [{ model: 'closed', rate: 5 }, 'rate is for the open model only: leave it out, or choose that model'],
  [
    { model: 'closed', sync: 'barrier' },
    'sync is for the burst model only: leave it out, or choose that model',
  ],
  [
    { model: 'burst', rampS: 1 },
    'rampS is for the closed or open model only: leave it out, or choose that model',
  ],
  [{ model: 'open' }, 'rate is required by the open model: attempts per second'],
  [
    { model: 'burst', durationS: 3, attempts: 10 },
    'durationS leaves no room for a number of attempts: give one of the two',
  ],
  [{ model: 'closed', durationS: 3, rampS: 4 }, 'rampS must not be longer than the duration, which is 3 s'],
  [
    { model: 'open', rate: 2, attempts: 100_000 },
    'rate would take 50,000 s for so many attempts, and 3,600 s are the most',
  ],
  [{ model: 'open', rate: 0.1 }, 'rate would take 10,000 s for so many attempts, and 3,600 s are the most'],
  [
    { model: 'closed', attempts: 1_000_000, concurrency: 1, pauseMs: 60_000 },
    'attempts would take 60,009,940 s with concurrency 1, a pause of 60,000 ms and a think time of 10 ms, and 3,600 s are the most',
  ],
  [
    { model: 'closed', concurrency: 2, thinkMs: 10_000 },
    'attempts would take 5,000 s with concurrency 2 and a think time of 10,000 ms, and 3,600 s are the most',
  ],
  [
    { model: 'burst', attempts: 400_001, concurrency: 1 },
    'attempts would take 4,000 s with concurrency 1 and a think time of 10 ms, and 3,600 s are the most',
  ],
  [
    { model: 'burst', attempts: 100_000, concurrency: 1, thinkMs: 0, sync: 'last-byte' },
    'attempts would take 5,000 s with concurrency 1, a think time of 0 ms and last bytes sent together, and 3,600 s are the most',
  ],
  [
    // a hundred seconds of arrivals, of which ten are sent and the others wait
    { model: 'open', rate: 10, concurrency: 1, thinkMs: 10_000, maxWaiting: 100_000 },
    'attempts would take 10,000 s with concurrency 1 and a think time of 10,000 ms, and 3,600 s are the most',
  ],
  [
    { model: 'open', rate: 50_000, durationS: 30 },
    'rate makes about 1,500,000 attempts in that time, and 1,000,000 are the most',
  ],
  [
    { model: 'burst', sync: 'last-byte', target: 'direct' },
    'sync holds back the last bytes of a request, and a direct target sends none: leave one of them out',
  ],
  [
    { model: 'closed', target: 'direct', processes: 2 },
    'processes above 1 are reached over HTTP only: leave it out, or choose HTTP as the target',
  ],
  [
    { model: 'closed', processes: 4, concurrency: 3 },
    'processes must not be more than there are buyers at once, which is 3: each buyer keeps to one',
  ],
  [
    { model: 'burst', processes: 8, concurrency: 100, attempts: 7 },
    'processes must not be more than there are buyers at once, which is 7: each buyer keeps to one',
  ],
])('%j is refused with what to change', ([request, message]) => {
  expect(findContradictions(request).map((issue) => `${issue.path} ${issue.message}`)).toEqual([message]);
});

test.for<[LoadRequest]>([
  [{ model: 'closed' }],
  [{ model: 'closed', durationS: 10, attempts: 1_000_000, pauseMs: 5, rampS: 10 }],
  [{ model: 'open', rate: 100, durationS: 10, arrivals: 'constant', maxWaiting: 0, rampS: 2 }],
  [{ model: 'open', rate: 20_000, durationS: 60, rampS: 60 }],
  [{ model: 'burst', sync: 'last-byte', durationS: 1 }],
  // out of range, which is said by itself
  [{ model: 'open', rate: 0 }],
  [{ model: 'closed', concurrency: 0, pauseMs: 1 }],
  // slow as each of them may be, these end in time
  [{ model: 'closed', attempts: 1_000_000, concurrency: 1_000, thinkMs: 0, pauseMs: 3_600 }],
  [{ model: 'closed', attempts: 1_000_000, concurrency: 3 }],
  [{ model: 'closed', attempts: 1, concurrency: 1, pauseMs: 60_000, thinkMs: 10_000 }],
  [{ model: 'closed', attempts: 1_000_000, concurrency: 1, pauseMs: 60_000, durationS: 60 }],
  [{ model: 'burst', attempts: 1_000_000, concurrency: 1_000, sync: 'last-byte', thinkMs: 3_000 }],
  [{ model: 'open', rate: 10, concurrency: 1, thinkMs: 10_000, maxWaiting: 300 }],
  [{ model: 'closed', target: 'http', processes: 8, concurrency: 8, attempts: 8 }],
  [{ model: 'closed', target: 'direct', processes: 1 }],
  [{ model: 'burst', target: 'direct', sync: 'barrier' }],
])('%j contradicts nothing', ([request]) => {
  expect(findContradictions(request)).toEqual([]);
});

test('a field means nothing exactly where a plan with it is refused', () => {
  for (const model of LOAD_MODELS) {
    for (const [field, value] of Object.entries({
      rate: 1,
      arrivals: 'constant',
      maxWaiting: 1,
      rampS: 1,
      pauseMs: 1,
      sync: 'barrier',
    })) {
      const said = findContradictions({ model, ...(model === 'open' && { rate: 1 }), [field]: value });
      expect(isMeaningless(field, { model, target: 'http' }), `${field} ${model}`).toBe(said.length > 0);
    }
  }
  expect(isMeaningless('processes', { model: 'closed', target: 'direct' })).toBe(true);
  expect(isMeaningless('processes', { model: 'closed', target: 'http' })).toBe(false);
  expect(isMeaningless('constructor', { model: 'closed', target: 'http' })).toBe(false);
});
