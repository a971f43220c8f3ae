import { expect, test } from 'vitest';
import { findBottleneck } from './bottleneck';
import { toMeasuredPrice } from './strategy-page';
import type { LaneSummary } from './race';

const CALM = { cpu: 0.4, delayP99Ms: 3 };

test.for([
  ['nobody', CALM, CALM, null],
  ['a server at work all the time', CALM, { cpu: 0.97, delayP99Ms: 3 }, 'server'],
  ['a server that is late', CALM, { cpu: 0.5, delayP99Ms: 150 }, 'server'],
  ['a generator at work all the time', { cpu: 0.9, delayP99Ms: 3 }, CALM, 'generator'],
  ['a generator that is late', { cpu: 0.2, delayP99Ms: 100 }, CALM, 'generator'],
  [
    'both, of whom the generator counts',
    { cpu: 0.95, delayP99Ms: 3 },
    { cpu: 1, delayP99Ms: 3 },
    'generator',
  ],
] as const)('what limits a lane: %s', ([, generator, server, limitedBy]) => {
  const found = findBottleneck(generator, server);
  expect(found).toMatchObject({ limitedBy, generator, server });
  expect(found.reason === null).toBe(limitedBy === null);
});

test('one thread for both is put down to the server, which needs it longest', () => {
  const busy = { cpu: 0.99, delayP99Ms: 20 };
  expect(findBottleneck(busy, busy, { shared: true })).toMatchObject({
    limitedBy: 'server',
    reason: 'The server process was at work 99 % of the time.',
  });
  expect(findBottleneck(CALM, CALM, { shared: true }).limitedBy).toBeNull();
});

test('a lane that its generator limited supports no claim about throughput', () => {
  const lane = (attemptsPerS: number, generator: { cpu: number; delayP99Ms: number } | null) =>
    ({
      throughput: { attemptsPerS, acceptedPerS: attemptsPerS / 2 },
      latencyMs: { p50: 1, p99: 2 },
      retries: 0,
      counts: { accepted: 10 },
      bottleneck: generator && findBottleneck(generator, CALM),
    }) as unknown as LaneSummary;
  const busy = { cpu: 0.99, delayP99Ms: 1 };

  expect(toMeasuredPrice([lane(100, CALM), lane(900, busy), lane(300, CALM)])).toMatchObject({
    lanes: 2,
    attemptsPerS: 200,
  });
  expect(toMeasuredPrice([lane(900, busy)])).toBeNull();
  // nobody knows what set the pace of a lane that it was not measured of
  expect(toMeasuredPrice([lane(300, null)])).toBeNull();
});
