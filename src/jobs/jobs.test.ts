import { expect, onTestFinished, test } from 'vitest';
import { ActiveJob, Jobs } from './jobs';

/** Jobs whose store loses the answer to the first write, and then does not answer for a while. */
function openJobs(outage: { deletes: number }) {
  const rows = new Set<string>();
  let deletes = outage.deletes;
  const quiet = () => undefined;
  const jobs = new Jobs<ActiveJob>(
    {
      name: 'race',
      refuseMore: () => undefined,
      save: async ({ id }) => {
        rows.add(id);
        throw new Error('the connection ended');
      },
      find: async () => null,
      erase: async (id) => {
        if ((deletes -= 1) >= 0) throw new Error('PostgreSQL is away');
        rows.delete(id);
      },
      interruptOrphans: async () => [],
      interrupted: '',
    },
    { owner: { key: 1 }, log: { info: quiet, warn: quiet, error: quiet }, onChange: quiet },
  );
  onTestFinished(() => jobs.close());
  return { jobs, rows };
}

function newJob(id: string): ActiveJob {
  return new ActiveJob({
    id,
    status: 'queued',
    reason: null,
    createdAt: '',
    startedAt: null,
    finishedAt: null,
  });
}

test('a job that was dropped because the answer to its first write was lost leaves no row', async () => {
  const { jobs, rows } = openJobs({ deletes: 1 });

  await expect(jobs.begin(newJob('a'))).rejects.toMatchObject({ code: 'database-unavailable' });
  await expect(jobs.begin(newJob('b'))).rejects.toMatchObject({ code: 'database-unavailable' });

  expect([...rows]).toEqual(['a', 'b']);
  await expect.poll(() => rows.size, { timeout: 30_000 }).toBe(0);
  expect(jobs.all()).toEqual([]);
});
