import type { BatchJson } from '@/model/batches/batch-json';
import type { RaceView } from '@/model/race';
import type { BurstSync } from '@/plan/load-plan';
import { startChild } from './child-server';
import { median, printTable } from './report';

/** Buyers released at once. */
const BUYERS = [2, 10, 50];

interface Burst {
  /** From the first to the last send, as the generator saw it, ms. */
  sendSpreadMs: number;
  /** From the first to the last first step of a purchase, as the server saw it, ms. */
  startSpreadMs: number;
  /** Whether the item was oversold. */
  raced: boolean;
}

/**
 * Single bursts of `read-then-write` without think time, on one unit of stock, released all at once and by their last
 * bytes, in turns: how far apart the purchases begin, and how often two of them meet.
 */
export async function measureBursts(rounds: number): Promise<Record<string, Burst[]>> {
  const server = await startChild('server.ts', {});
  const results: Record<string, Burst[]> = {};
  try {
    for (const buyers of BUYERS) {
      for (let round = 0; round < rounds; round += 1) {
        for (const sync of ['barrier', 'last-byte'] as const) {
          const burst = await race(server.url, buyers, sync, round);
          (results[`${buyers} buyers, ${sync}`] ??= []).push(burst);
        }
      }
      console.error(`bursts of ${buyers}: done`);
    }
  } finally {
    await server.stop();
  }
  console.log(`Bursts of read-then-write without think time, ${rounds} races each`);
  printTable(
    Object.entries(results).map(([burst, all]) => ({
      burst,
      'sends spread over ms': median(all.map(({ sendSpreadMs }) => sendSpreadMs)),
      'purchases begin within ms': median(all.map(({ startSpreadMs }) => startSpreadMs)),
      'races that oversold': `${Math.round((100 * all.filter(({ raced }) => raced).length) / all.length)} %`,
    })),
  );
  return results;
}

async function race(url: string, buyers: number, sync: BurstSync, seed: number): Promise<Burst> {
  const plan = { stock: 1, attempts: buyers, concurrency: buyers, thinkMs: 0, model: 'burst', sync, seed };
  const created = await fetch(`${url}/api/races`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ strategies: ['read-then-write'], ...plan }),
  });
  if (created.status !== 202) throw new Error(await created.text());
  const { id } = (await created.json()) as { id: string };
  const [lane] = (await whenOver(url, id)).lanes;
  if (!lane) throw new Error(`race ${id} has no lane`);
  const events = (await (await fetch(`${url}/api/races/${id}/events`)).json()) as { batches: BatchJson[] };
  const starts = events.batches.flatMap(({ call, steps }) => call.map((at, i) => at + (steps[i]?.[1] ?? 0)));
  return {
    sendSpreadMs: lane.arrivalSpreadMs ?? Number.NaN,
    startSpreadMs: (Math.max(...starts) - Math.min(...starts)) / 1_000,
    raced: lane.oversold > 0,
  };
}

async function whenOver(url: string, id: string): Promise<RaceView> {
  for (;;) {
    const race = (await (await fetch(`${url}/api/races/${id}`)).json()) as RaceView;
    if (race.finishedAt !== null) return race;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
