import type { ChildServer } from './child-server';
import { takeTurns } from './purchase-rounds';
import type { Round, RoundOptions } from './purchase-rounds';

/** Route of the same strategy without recorded steps, on `bench/peers/step-server.ts`. */
export function twinOf(id: string): string {
  return `${id}-without-steps`;
}

export const STEP_CONTESTANTS = {
  without: 'steps run and not recorded',
  recorded: 'steps recorded',
  answered: 'steps recorded and answered',
} as const;

/**
 * What tracing costs a purchase: the same strategy on the same route of one process, with steps that are only run, that
 * are recorded, and that are sent with the answer too, in turns.
 */
export async function measureSteps(
  server: ChildServer,
  strategy: string,
  sku: string,
  options: RoundOptions,
): Promise<Map<string, Round[]>> {
  if ((await countSteps(server, strategy, sku)) === 0) throw new Error(`no step of ${strategy} is recorded`);
  if ((await countSteps(server, twinOf(strategy), sku)) > 0)
    throw new Error(`steps of ${twinOf(strategy)} are recorded`);
  const { without, recorded, answered } = STEP_CONTESTANTS;
  return takeTurns(
    [
      { name: without, server, strategy: twinOf(strategy), body: { sku } },
      { name: recorded, server, strategy, body: { sku } },
      { name: answered, server, strategy, body: { sku, trace: true } },
    ],
    options,
  );
}

async function countSteps(server: ChildServer, strategy: string, sku: string): Promise<number> {
  const response = await fetch(`${server.url}/api/buy/${strategy}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sku, trace: true }),
  });
  const { outcome, trace } = (await response.json()) as { outcome?: string; trace?: number[] };
  if (outcome !== 'sold-out' || !trace) throw new Error(`${strategy} answered ${outcome ?? 'nothing'}`);
  return trace.length;
}
