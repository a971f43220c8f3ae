import { setTimeout as delay } from 'node:timers/promises';
import type { BatchJson } from '@/model/batches/batch-json';
import { COUNT_KEYS, noOutcomes } from '@/model/outcome';
import type { LaneView, RaceStatus, RaceView } from '@/model/race';
import type { Health } from '@/services/health';
import type { Api } from '../fixtures/server/server-test';
import type { SeenAttempts } from './floods';
import type { Product } from './product';

/** How much of the log a killed server may take with it. */
export const MAY_LOSE_MS = 250;

/** A small race of each kind of strategy, which has to work after every attack. */
const AFTERWARDS = {
  strategies: ['read-then-write', 'conditional-update', 'redis-lua-gate'],
  model: 'burst',
  stock: 20,
  attempts: 200,
  concurrency: 50,
};

/** Each of these answers what is wrong, in words; nothing when it held. */

/** Whatever was done to the race: how it may end, its verdicts, and its counts against its log. */
export async function findWrongsOfRace(
  api: Api,
  race: RaceView,
  mayEnd: readonly RaceStatus[],
): Promise<string[]> {
  const wrongs = mayEnd.includes(race.status) ? [] : [`race ${race.status}: ${race.reason ?? ''}`];
  for (const lane of race.lanes) {
    const { strategy, expected, verdict } = lane;
    if (expected === 'safe' && verdict.status === 'violated')
      wrongs.push(`${strategy} blamed: ${verdict.reason}`);
    if (expected === 'unsafe' && verdict.status === 'ok') wrongs.push(`${strategy} praised`);
    wrongs.push(...compareCounts(lane, await readLog(api, race.id, lane.index)));
  }
  return wrongs;
}

function compareCounts({ strategy, counts }: LaneView, log: BatchJson[]): string[] {
  const logged = noOutcomes();
  for (const code of log.flatMap(({ outcome }) => outcome)) {
    logged.attempts += 1;
    logged[COUNT_KEYS[code]!] += 1;
  }
  return (['attempts', ...COUNT_KEYS] as const).flatMap((name) =>
    counts[name] === logged[name] ? [] : [`${strategy}: ${name} ${counts[name]}, in its log ${logged[name]}`],
  );
}

async function readLog(api: Api, raceId: string, lane: number): Promise<BatchJson[]> {
  const log: BatchJson[] = [];
  for (let from = 0; ;) {
    const response = await api.get(`/api/races/${raceId}/events?lane=${lane}&from=${from}&limit=200`);
    const page = (await response.json()) as { batches: BatchJson[]; next: number };
    if (page.batches.length === 0) return log;
    log.push(...page.batches);
    from = page.next;
  }
}

/**
 * How much of the log a kill took along, ms: the age of the oldest order that the log lacks, less what the slowest
 * attempt took from its order to its answer at most.
 */
export async function measureLoss(product: Product, race: RaceView, killedAt: number): Promise<number> {
  let lost = 0;
  for (const { index } of race.lanes) {
    const log = await readLog(product.api, race.id, index);
    const known = new Set(log.flatMap(({ n }) => n));
    const slowestMs = log.flatMap(({ took }) => took).reduce((most, us) => Math.max(most, us), 0) / 1_000;
    const orders = await product.query('select attempt_id, created_at from orders where attempt_id like $1', [
      `${race.id}.${index}.%`,
    ]);
    for (const { attempt_id: id, created_at: at } of orders) {
      const n = Number(String(id).split('.').at(-1));
      if (!known.has(n)) lost = Math.max(lost, killedAt - (at as Date).getTime() - slowestMs);
    }
  }
  return lost;
}

/** Attempts that a viewer had seen before that moment, and that the log lacks. */
export function countLostAnswers(race: RaceView, seen: readonly SeenAttempts[], before: number): number {
  let lost = 0;
  for (const { lane, seq, count, at } of seen) {
    const logged = race.lanes[lane]?.counts.attempts ?? 0;
    if (at < before) lost += Math.min(count, Math.max(0, seq + count - logged));
  }
  return lost;
}

/** Once health says that all is well, a purchase is answered; what dies may do so between the two, but not twice. */
export async function findWrongsOfHealth(api: Api): Promise<string[]> {
  let answer = '';
  for (let time = 0; time < 2; time += 1) {
    await whenHealthy(api);
    const bought = await api.post('/api/buy-good');
    if ([200, 409].includes(bought.status)) return [];
    answer = `${bought.status} ${await bought.text()}`;
  }
  return [`healthy, and a purchase: ${answer}`];
}

export async function readHealth(api: Api): Promise<Health & { code: number }> {
  const response = await api.get('/api/health');
  return { ...((await response.json()) as Health), code: response.status };
}

async function whenHealthy(api: Api): Promise<void> {
  while ((await readHealth(api)).code !== 200) await delay(100);
}

/** Waits until a race is over and can be read. */
export async function whenOver(api: Api, id: string): Promise<RaceView> {
  for (;;) {
    const response = await api.get(`/api/races/${id}`);
    const race = (await response.json()) as RaceView;
    if (response.status === 404) throw new Error(`the server has forgotten race ${id}`);
    if (response.ok && race.finishedAt !== null) return race;
    await delay(100);
  }
}

/** A new race goes through, complete and without a wrong verdict. */
export async function findWrongsAfterwards(api: Api): Promise<string[]> {
  const race = await whenOver(api, await api.startRace(AFTERWARDS));
  const wrongs = await findWrongsOfRace(api, race, ['finished']);
  const all = AFTERWARDS.attempts;
  for (const { strategy, honesty } of race.lanes) {
    const { generated, recorded, stored } = honesty;
    if ([generated, recorded, stored].some((count) => count !== all))
      wrongs.push(`${strategy} afterwards: ${generated} generated, ${recorded} recorded, ${stored} stored`);
  }
  return wrongs;
}
