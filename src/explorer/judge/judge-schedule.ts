import { BatchBuilder } from '@/load/batch-builder';
import type { AttemptEnd } from '@/model/exploration';
import { emptyBatch, sliceBatch } from '@/model/columns';
import { OUTCOMES, outcomeCode } from '@/model/outcome';
import type { PurchaseRequest } from '@/model/strategy';
import type { Finding } from '@/model/verdict';
import { audit } from '@/scenarios/inventory/audit/audit';
import type { PurchaseResult } from '@/scenarios/inventory/purchase/purchase';
import type { RegisteredStrategy } from '@/scenarios/registry';
import type { Judged } from '../search/backend';
import type { ItemRows } from '../backends/in-process/items';
import type { ScheduleRun } from '@/explorer/backends/in-process/schedule';

const INDETERMINATE = OUTCOMES.indexOf('indeterminate');
const ERROR = OUTCOMES.indexOf('error');

export interface Judgement extends Judged {
  of: Case;
  ends: AttemptEnd[];
  findings: Finding[];
  stock: number[];
  orders: { actor: string; quantity: number }[];
}

/** A schedule that has been run, with the final rows of its items. */
export interface Case {
  run: ScheduleRun;
  requests: PurchaseRequest[];
  rows: ReadonlyMap<string, ItemRows>;
}

/**
 * Judges schedules by the audit, item by item. Their attempts overlap by construction, so only the audit's findings
 * count. The columns of all items are filled at once, because one column costs as much for one item as for all.
 *
 * @param processes in how many processes the attempts run, each with its own memory
 */
export function judgeSchedules(cases: Case[], strategy: RegisteredStrategy, processes: number): Judgement[] {
  const builder = new BatchBuilder(strategy.stepNames, strategy.stepKinds, 0, processes);
  for (const { run, requests, rows } of cases) {
    for (const sku of rows.keys())
      for (const [i, request] of requests.entries())
        if (request.sku === sku) builder.add(i, request.quantity, answerOf(run, i, strategy));
  }
  const all = builder.take() ?? emptyBatch(0);
  let at = 0;
  return cases.map((of) => {
    const { run, requests, rows } = of;
    const findings: Finding[] = [];
    const stock: number[] = [];
    const orders: Judgement['orders'] = [];
    const attemptPrefix = requests[0]?.attemptId.replace(/\d+$/, '') ?? '';
    for (const [sku, item] of rows) {
      const count = requests.filter((request) => request.sku === sku).length;
      const history = { ...sliceBatch(all, at, at + count), attemptPrefix };
      at += count;
      findings.push(...audit(history, item.final).verdict.findings);
      stock.push(item.final.finalStock);
      for (const { attemptId, quantity } of item.orders)
        orders.push({ actor: nameOf(attemptId, requests), quantity });
    }
    const ends = run.receipts.map((receipt, i) => describeEnd(i, receipt));
    return {
      of,
      ends,
      findings,
      stock,
      orders,
      outcomes: ends.map(({ outcome }) => outcome),
      kinds: findings.map(({ kind }) => kind),
      refusedInVain: refusedInVain(of, { ends, stock, orders }),
    };
  });
}

function answerOf(run: ScheduleRun, i: number, strategy: RegisteredStrategy) {
  const receipt = run.receipts[i] ?? null;
  const time = run.times[i] ?? { call: 0, return: 0 };
  const result = receipt?.result;
  const number = (value: unknown) =>
    typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string'
      ? Number(value)
      : Number.NaN;
  const seen = result && 'seen' in result ? result.seen : undefined;
  return {
    callUs: time.call,
    returnUs: time.return,
    // an attempt that died got no response
    outcome: result ? (outcomeCode(result.outcome) ?? ERROR) : INDETERMINATE,
    status: 0,
    retries: receipt?.trace.retries() ?? 0,
    orderId: number(result && 'orderId' in result ? result.orderId : undefined),
    remaining: number(result && 'remaining' in result ? result.remaining : undefined),
    seenStock: number(seen?.stock),
    seenVersion: number(seen?.version),
    token: number(result && 'token' in result ? result.token : undefined),
    trace: (receipt?.trace.steps ?? []).flatMap(({ name, start, end }) => [
      strategy.stepNames.indexOf(name),
      start,
      end,
    ]),
  };
}

function describeEnd(index: number, receipt: PurchaseResult | null): AttemptEnd {
  const actor = `T${index + 1}` as const;
  if (!receipt) return { actor, outcome: 'died' };
  const { result } = receipt;
  return {
    actor,
    outcome: result.outcome,
    ...('reason' in result && { reason: result.reason }),
    ...('seen' in result && result.seen && { seen: result.seen }),
    ...('remaining' in result && typeof result.remaining === 'number' && { remaining: result.remaining }),
  };
}

/** A sentence with attempts, items and orders named by their position, since ids differ from run to run. */
export function inWords(text: string, { requests, rows }: Case): string {
  let words = text;
  for (const [i, { attemptId, sku }] of requests.entries())
    words = words.replaceAll(attemptId, `T${i + 1}`).replaceAll(sku, 'the item');
  for (const { id, attemptId } of ordersOf(rows))
    words = words.replaceAll(
      new RegExp(`\\border ${id}\\b`, 'g'),
      `the order of ${nameOf(attemptId, requests)}`,
    );
  return words;
}

/** The same for a finding with its evidence. */
export function findingInWords(finding: Finding, of: Case): Finding {
  const { requests, rows } = of;
  const orders = ordersOf(rows);
  const rename = (text: string) => inWords(text, of);
  const ownerOf = (orderId: string) =>
    nameOf(orders.find(({ id }) => String(id) === orderId)?.attemptId ?? '', requests);
  return {
    ...finding,
    message: rename(finding.message),
    evidence: finding.evidence.map(({ attemptId, otherAttemptId, orderId, note, times, ...rest }) => ({
      ...rest,
      ...(attemptId !== undefined && { attemptId: rename(attemptId) }),
      ...(otherAttemptId !== undefined && { otherAttemptId: rename(otherAttemptId) }),
      ...(orderId !== undefined && { orderId: `the order of ${ownerOf(orderId)}` }),
      ...(times && { times: times.map((time) => ({ ...time, attemptId: rename(time.attemptId) })) }),
      note: rename(note),
    })),
  };
}

function ordersOf(rows: Case['rows']): ItemRows['orders'] {
  return [...rows.values()].flatMap((item) => item.orders);
}

function nameOf(attemptId: string, requests: PurchaseRequest[]): string {
  const place = requests.findIndex((request) => request.attemptId === attemptId);
  return place === -1 ? 'an unknown attempt' : `T${place + 1}`;
}

/** Attempts that were told sold out although enough units for them were left at the end. */
function refusedInVain(
  { requests, rows }: Case,
  { ends, orders, stock }: Pick<Judgement, 'ends' | 'orders' | 'stock'>,
): number[] {
  const unitsLeft = new Map(
    [...rows].map(([sku, { final }], i) => {
      const ordered = orders
        .filter(({ actor }) => requests[Number(actor.slice(1)) - 1]?.sku === sku)
        .reduce((sum, { quantity }) => sum + quantity, 0);
      // a stock that has lost updates does not tell how many units are left
      return [sku, Math.min(stock[i] ?? 0, final.initialStock - ordered)];
    }),
  );
  return ends.flatMap(({ outcome }, i) => {
    const request = requests[i];
    const left = unitsLeft.get(request?.sku ?? '') ?? 0;
    return outcome === 'sold-out' && request && request.quantity <= left ? [i] : [];
  });
}
