import { randomUUID } from 'node:crypto';
import { purchaseBody, toIssues } from '@/plan/input-schemas';
import { LAB_ITEM, LOAD_KEY_HEADER, maySell } from '@/scenarios/inventory/lab-item';
import type { PurchaseResult } from '@/scenarios/inventory/purchase/purchase';
import type { PurchaseService } from '@/scenarios/inventory/purchase/purchase-service';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { answer, answerBadInput, answerError } from './api-response';
import { readJson } from './read-json';

const STATUS = { accepted: 200, 'sold-out': 409, conflict: 503, error: 503, indeterminate: 504 } as const;

/** One purchase over HTTP with the strategy of that id. */
export async function handlePurchase(
  purchaseService: PurchaseService,
  strategyId: string,
  request: Request,
): Promise<Response> {
  const strategy = purchaseService.strategy(strategyId);
  if (!strategy) {
    const known = purchaseService.strategies.map(({ id }) => id).join(', ');
    const message = `There is no strategy ${strategyId}. There are ${known}.`;
    return answerError(404, { code: 'unknown-strategy', message });
  }
  const json = await readJson(request);
  if (!json.ok) return json.response;
  const parsed = purchaseBody.safeParse(json.value);
  if (!parsed.success) return answerBadInput(toIssues(parsed.error));
  const isOwnLoad = () => purchaseService.isOwnLoad(request.headers.get(LOAD_KEY_HEADER));
  if (!maySell(parsed.data.sku, isOwnLoad)) return answerError(409, LAB_ITEM);
  const body = { ...parsed.data, attemptId: parsed.data.attemptId ?? randomUUID() };
  return answerReceipt(strategy, body, await purchaseService.purchase(strategy, body));
}

function answerReceipt(
  strategy: RegisteredStrategy,
  body: { sku: string; quantity: number; attemptId: string; trace: boolean },
  { result, trace }: PurchaseResult,
): Response {
  const { sku, quantity, attemptId } = body;
  if (result.outcome === 'unknown-sku') {
    const message = `There is no item ${sku}. Create it with /api/create-inventory-key?sku=${sku}&stock=100.`;
    return answerError(404, { code: 'unknown-sku', message });
  }
  const { outcome } = result;
  const told = {
    outcome,
    attemptId,
    sku,
    strategy: strategy.id,
    quantity,
    retries: trace.retries(),
    ...('orderId' in result && { orderId: String(result.orderId) }),
    ...('remaining' in result && { remaining: result.remaining }),
    ...('seen' in result && { seen: result.seen }),
    ...('token' in result && { token: result.token }),
    ...('reason' in result && {
      error: { code: codeOf(result), message: result.reason },
    }),
    ...(body.trace && { trace: trace.flatten(strategy.stepNames) }),
  };
  const status = codeOf(result) === 'attempt-reused' ? 422 : STATUS[outcome];
  return answer(told, { status, headers: status === 503 ? { 'retry-after': '1' } : {} });
}

function codeOf(result: PurchaseResult['result']): string {
  return ('code' in result ? result.code : undefined) ?? result.outcome;
}
