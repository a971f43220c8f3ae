import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { judge } from '@/audit/judge';
import { auditHistory } from '@/history-file/audit-history';
import { openLab } from '@/lab/open-lab';
import { projectRoot } from '@/services/env';
import { createLog } from '@/services/log';
import { databaseTest, testRedisUrl } from '../fixtures/database/database';
import { collect, readLanes } from '../fixtures/lanes/history-file';
import tokens from '../fixtures/tokens/scenario';

const folder = path.join(projectRoot, 'tests/fixtures/tokens');
const location = {
  module: path.join(folder, 'scenario.ts'),
  strategies: { sources: path.join(folder, 'strategies') },
};

databaseTest(
  'another scenario is raced, judged, looked into and exported by its own files alone',
  async ({ database }) => {
    const log = createLog({ logLevel: 'silent' });
    const env = {
      databaseUrl: database.url,
      redisUrl: testRedisUrl(),
      poolSize: 10,
      dataDir: '/nowhere',
      redisServerBin: undefined,
    };
    const { lab, close } = await openLab(env, { log, say: () => undefined, location });
    onTestFinished(() => close());
    expect(lab.strategies.map(({ id }) => id)).toEqual(['increment', 'read-then-set']);

    const plan = {
      strategies: ['increment'],
      target: 'direct',
      control: true,
      model: 'burst',
      attempts: 60,
      concurrency: 30,
    };
    const started = await lab.startRace(plan, { origin: 'api' });
    if (!started.ok) throw new Error(JSON.stringify(started.error));
    const race = await lab.waitForRace(started.id);

    expect(race).toMatchObject({ status: 'finished', reason: null });
    const [safe, control] = race?.lanes ?? [];
    expect(safe, safe?.verdict.reason).toMatchObject({
      strategy: 'increment',
      verdict: { status: 'ok' },
      control: { strategy: 'read-then-set', broke: true },
      orders: { count: 60 },
    });
    expect(control?.verdict).toMatchObject({ status: 'violated', findings: [{ kind: 'duplicate-unit' }] });
    expect(control?.checks?.map(({ id, status }) => [id, status])).toEqual([
      ['tokens', 'broken'],
      ['overlap', 'held'],
    ]);
    const query = { lane: 1, kind: 'duplicate-unit', offset: 0, limit: 1 } as const;
    expect(await lab.listEvidence(started.id, query)).toMatchObject({
      ok: true,
      page: { evidence: [{ note: expect.stringMatching(/^both were given token \d+$/) as string }] },
    });

    const exported = await lab.exportRace(started.id, 'ndjson');
    if (!exported.ok) throw new Error(exported.error.message);
    const lanes = await readLanes(Buffer.concat(await collect(exported.file.pieces)));
    expect(lanes.map(({ header }) => header.scenario)).toEqual(['tokens', 'tokens']);
    const judged = lanes.map(({ history, final }) => judge(tokens.rules, history, final).verdict);
    expect(judged.map(({ status }) => status)).toEqual(['ok', 'violated']);
    expect(judged[1]).toEqual(control?.verdict);
    // the audit of another scenario does not judge it
    expect(() => lanes.map(auditHistory)).toThrow('its scenario is tokens');
  },
);
