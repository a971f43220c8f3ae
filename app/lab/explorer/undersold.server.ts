import type { Undersold } from '../exploration';
import { Group, isSimpler } from './outcome-table';
import type { Ran } from './outcome-table';
import type { Judgement } from './judge-schedule.server';
import { UnexplorableError } from './schedule.server';
import type { Chooser } from './schedule.server';
import type { Stage } from './stage.server';

/** Attempts that were told sold out although enough units for them were left in the end. */
export function refusedInVain({ ends, orders, stock, of }: Judgement, stockBefore: number): number[] {
  const skus = [...of.rows.keys()];
  const unitsLeft = skus.map((sku, i) => {
    const ordered = orders
      .filter(({ actor }) => of.requests[Number(actor.slice(1)) - 1]?.sku === sku)
      .reduce((sum, { quantity }) => sum + quantity, 0);
    // a stock that lost updates is no stock to sell from
    return Math.min(stock[i] ?? 0, stockBefore - ordered);
  });
  return ends.flatMap(({ outcome }, i) => {
    const request = of.requests[i];
    const left = unitsLeft[skus.indexOf(request?.sku ?? '')] ?? 0;
    return outcome === 'sold-out' && request && request.quantity <= left ? [i] : [];
  });
}

/** Collects schedules that refused somebody in vain, by whom. */
export class RefusedInVain {
  private readonly groups = new Map<string, Group & { attempts: number[] }>();

  add(attempts: number[], ran: Ran): void {
    if (attempts.length === 0) return;
    const key = attempts.join();
    const group = this.groups.get(key) ?? Object.assign(new Group(), { attempts });
    this.groups.set(key, group);
    group.add(ran);
  }

  entries(): [string, Group][] {
    return [...this.groups];
  }

  /** Those among them that refused an attempt which is served when the attempts come one after the other; null: none. */
  async against(stage: Stage): Promise<Undersold | null> {
    if (this.groups.size === 0) return null;
    const attempts = [...new Set([...this.groups.values()].flatMap((group) => group.attempts))];
    const servedBy = await runSerially(stage);
    const served = attempts.filter((i) => servedBy.has(i));
    const groups = [...this.groups.values()].filter((group) => group.attempts.some((i) => servedBy.has(i)));
    groups.sort((a, b) => (isSimpler(a.example, b.example) ? -1 : 1));
    const [simplest] = groups;
    const first = simplest?.attempts.find((i) => servedBy.has(i));
    if (!simplest || first === undefined) return null;
    return {
      run: groups.reduce((sum, { run }) => sum + run, 0),
      schedules: groups.reduce((sum, { schedules }) => sum + schedules, 0),
      refused: served.map((i) => `T${i + 1}` as const),
      example: simplest.example.id,
      servedBy: servedBy.get(first) ?? '',
    };
  }
}

/** For each attempt that is served in some order of one after the other, the first such schedule. */
async function runSerially(stage: Stage): Promise<Map<number, string>> {
  const [table] = stage.tables;
  const served = new Map<number, string>();
  if (!table) return served;
  for (const order of orders([...stage.quantities.keys()])) {
    const played = await stage.play(table, inOrder(order));
    if (!played.run.isComplete) throw new UnexplorableError('One attempt after the other did not end.');
    const [judgement] = await stage.judge([played]);
    for (const [i, { outcome }] of (judgement?.ends ?? []).entries())
      if (outcome === 'accepted' && !served.has(i)) served.set(i, played.run.id);
  }
  return served;
}

/** Always goes on with the first of them that has not ended. */
function inOrder(order: number[]): Chooser {
  return (options) => {
    const steps = options.filter(({ event }) => event === 'step');
    const first = order.find((i) => steps.some(({ actor }) => actor === i));
    return steps.find(({ actor }) => actor === first)?.token ?? null;
  };
}

function orders(of: number[]): number[][] {
  if (of.length === 0) return [[]];
  return of.flatMap((first) => orders(of.filter((other) => other !== first)).map((rest) => [first, ...rest]));
}
