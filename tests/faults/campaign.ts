import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { draw } from '@/explorer/search/draw';
import { withTimeout } from '@/lib/with-timeout';
import { commandLineOf } from '@/services/process/command-line';
import { until } from '../fixtures/server/targets';
import { createTestDatabase } from '../fixtures/database/test-database';
import { openTcpGate } from '../fixtures/database/tcp-gate';
import type { Attack } from './attacks';
import { openWitness } from './floods';
import {
  countLostAnswers,
  findWrongsAfterwards,
  findWrongsOfHealth,
  findWrongsOfRace,
  MAY_LOSE_MS,
  measureLoss,
  whenOver,
} from './held';
import { Product } from './product';

/** What became of one attack: a row of the table. */
export interface Row {
  name: string;
  tries: number;
  held: number;
  /** Most of the log that a try has lost, ms. */
  lostMs: number;
  /** Attempts of all tries that were answered so long before the server died that its log has to have them, and has not. */
  lostAnswers: number;
  /** What was lost or wrong, with the try in which it was. */
  wrongs: string[];
}

/** Two lanes in PostgreSQL, of which one sells too much, and one that needs Redis. */
const RACE = {
  strategies: ['conditional-update', 'read-then-write', 'redis-lua-gate'],
  stock: 1_000,
  durationS: 1.5,
  concurrency: 30,
  thinkMs: 5,
};
/** Some more than the race takes, so that its preparation and its end are struck as well. */
const WITHIN_MS = 6_000;
/** A start takes about 2 s. */
const START_WITHIN_MS = 3_000;
/** A try that takes longer hangs. */
const HANGS_AFTER_MS = 600_000;
/** Characters of what the product printed before something went wrong. */
const SHOW_OUTPUT = 2_000;

/** What an attack can aim at. There is no race yet when a start is attacked. */
export interface Target {
  product: Product;
  script: ChildProcess;
  raceId: string | undefined;
  /** A whole number below its argument, from the seed. */
  random: (below: number) => number;
}

/** Resolves when it is time to strike. */
export type Moment = (target: Target) => Promise<unknown>;

const anyMoment: Moment = ({ raceId, random }) =>
  delay(random(raceId === undefined ? START_WITHIN_MS : WITHIN_MS));

export interface Campaign {
  tries: number;
  /** Decides the moments, with the number of the try. */
  seed: number;
  moment?: Moment;
  /** Fields of the race that differ from the usual one. */
  race?: object;
  /** How much of the log a killed server may take with it, if not as much as the product promises. */
  mayLoseMs?: number;
  /** Attacked and left running, instead of one for this attack alone. */
  product?: Product;
}

/** Attacks the product a number of times, each in a race of its own, and says what held. */
export async function attackProduct(name: string, attack: Attack, campaign: Campaign): Promise<Row> {
  const { tries, seed } = campaign;
  const row: Row = { name, tries, held: 0, lostMs: 0, lostAnswers: 0, wrongs: [] };
  let product = campaign.product;
  for (let number = 1; number <= tries; number += 1) {
    let draws = 0;
    const random = (below: number) => draw(seed, number, (draws += 1), below);
    const wrongs: string[] = [];
    try {
      product ??= await openProduct(attack);
      const found = await withTimeout(tryOnce(product, attack, campaign, random), HANGS_AFTER_MS);
      row.lostMs = Math.max(row.lostMs, found.lostMs);
      row.lostAnswers += found.lostAnswers;
      wrongs.push(...found.wrongs);
      if (number === tries && !campaign.product) wrongs.push(...(await product.stop()));
    } catch (error) {
      wrongs.push(error instanceof Error ? error.message : String(error));
    }
    console.log(`${name}, ${number} of ${tries}: ${wrongs.length === 0 ? 'held' : wrongs.join('; ')}`);
    if (wrongs.length === 0) row.held += 1;
    else {
      console.log(product?.output().slice(-SHOW_OUTPUT) ?? '');
      row.wrongs.push(...wrongs.map((wrong) => `${number}: ${wrong}`));
      await product?.destroy();
      product = undefined;
    }
  }
  if (!campaign.product) await product?.destroy();
  return row;
}

async function openProduct(attack: Attack): Promise<Product> {
  if (!attack.isGated) return new Product();
  const database = await createTestDatabase();
  return new Product({ database, tcp: await openTcpGate(database.url) });
}

async function tryOnce(
  product: Product,
  attack: Attack,
  { moment = anyMoment, race: fields, mayLoseMs = MAY_LOSE_MS }: Campaign,
  random: Target['random'],
): Promise<Pick<Row, 'wrongs' | 'lostMs' | 'lostAnswers'>> {
  const nothingLost = { lostMs: 0, lostAnswers: 0 };
  if (attack.then === 'never started')
    return { ...nothingLost, wrongs: await tryStart(product, attack, moment, random) };
  if (!product.runs) await product.start();
  const raceId = await product.api.startRace({ ...RACE, ...attack.race, ...fields });
  const witness = await openWitness(product.api.url, raceId);
  await moment({ product, script: product.script, raceId, random });
  const before = product.processes();
  const struckAt = Date.now();
  await attack.do(product, raceId, random);
  witness.close();
  const wrongs: string[] = [];
  if (attack.then === 'restarts') {
    await product.whenEnded();
    await product.start();
    const left = product.processes().filter((pid) => before.includes(pid));
    wrongs.push(...left.map((pid) => `process left: ${commandLineOf(pid)}`));
  }
  const { api } = product;
  wrongs.push(...(await findWrongsOfHealth(api)));
  const race = await whenOver(api, raceId);
  wrongs.push(...(await findWrongsOfRace(api, race, attack.mayEnd)));
  wrongs.push(...(await findWrongsAfterwards(api)));
  if (attack.then !== 'restarts') return { ...nothingLost, wrongs };
  const lostMs = await measureLoss(product, race, struckAt);
  if (lostMs > mayLoseMs) wrongs.push(`${Math.round(lostMs)} ms of the log lost`);
  const lostAnswers = countLostAnswers(race, witness.seen, struckAt - mayLoseMs);
  if (lostAnswers > 0)
    wrongs.push(`${lostAnswers} attempts answered ${mayLoseMs} ms before are not in the log`);
  return { lostMs, lostAnswers, wrongs };
}

/** A signal while the product starts ends it; the next start is none the worse. */
async function tryStart(
  product: Product,
  { startedBy = 'node', signal = 'SIGTERM' }: Attack,
  moment: Moment,
  random: Target['random'],
): Promise<string[]> {
  const script = product.spawn(startedBy);
  const ended = once(script, 'exit');
  await moment({ product, script, raceId: undefined, random });
  script.kill(signal);
  await ended;
  await until(() => product.processes().length === 0);
  await product.start();
  const wrongs = [...(await findWrongsOfHealth(product.api)), ...(await findWrongsAfterwards(product.api))];
  return [...wrongs, ...(await product.stop())];
}

/** The rows as a Markdown table. */
export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map(({ name, tries, held, lostMs, lostAnswers, wrongs }) =>
    [name, tries, held, Math.round(lostMs), lostAnswers, wrongs.join('<br>') || '-'].join(' | '),
  );
  return [
    `attack | tries | held | most log lost, ms | answered ${MAY_LOSE_MS} ms before and lost | lost or wrong`,
    '--- | --- | --- | --- | --- | ---',
    ...cells,
  ]
    .map((line) => `| ${line} |`)
    .join('\n');
}
