import { expect, test } from 'vitest';
import type { RaceView } from '@/model/race';
import { followJob } from './follow-job';
import { RefusedError, UnreachableError } from './lab/command-lab';

const io = { onStop: () => () => undefined };

/** Follows a race in a lab whose looks fail with these, one after the other, and then tell that it is over. */
async function follow(failures: Error[], { forMs, stops = true }: { forMs: number; stops?: boolean }) {
  const said: string[] = [];
  const stopped: string[] = [];
  const lab = {
    lookEveryMs: 1,
    start: () => Promise.resolve('r1'),
    read: () => {
      const failure = failures.shift();
      if (failure) return Promise.reject(failure);
      return Promise.resolve({ finishedAt: '2026-12-01T00:00:00.000Z' } as never);
    },
    stop: (_: string, id: string) => {
      stopped.push(id);
      return stops ? Promise.resolve() : Promise.reject(new Error('no answer'));
    },
  };
  const progress = { show: () => undefined, say: (line: string) => said.push(line), end: () => undefined };
  const following = followJob({ lab, io, progress, patience: { forMs, everyMs: 1 } }, 'race', {}, () => ({
    share: null,
    text: '',
  }));
  const outcome = await following.then(
    ({ view }: { view: RaceView }) => view.finishedAt,
    (error: unknown) => error,
  );
  return { outcome, said, stopped };
}

const away = () => new UnreachableError('The server did not answer within 10 s.');
const busy = (mayPass: boolean) =>
  new RefusedError({ code: 'busy', message: 'Too many requests are reading stored races.' }, mayPass);

test('a look that fails is repeated, and the job goes on', async () => {
  const { outcome, said, stopped } = await follow([away(), busy(true), away()], { forMs: 60_000 });
  expect(outcome).toBe('2026-12-01T00:00:00.000Z');
  expect(said).toEqual(['The server did not answer within 10 s. Asks again for 60 s.']);
  expect(stopped).toEqual([]);
});

test('a job that cannot be followed any longer is asked to stop, and named', async () => {
  const { outcome, stopped } = await follow([away(), away()], { forMs: -1 });
  expect(outcome).toMatchObject({
    name: 'UnreachableError',
    message: 'The server did not answer within 10 s. The race r1 was asked to stop.',
  });
  expect(stopped).toEqual(['r1']);
  const deaf = await follow([away()], { forMs: -1, stops: false });
  expect(deaf.outcome).toMatchObject({
    message:
      'The server did not answer within 10 s. The race r1 could not be stopped either, and may still run.',
  });
});

test('what no later look would change ends it at once', async () => {
  const { outcome, stopped } = await follow([busy(false)], { forMs: 60_000 });
  expect(outcome).toMatchObject({ name: 'RefusedError' });
  expect(stopped).toEqual([]);
});
