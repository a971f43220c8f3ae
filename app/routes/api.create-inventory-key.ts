import type { LoaderFunctionArgs } from '@remix-run/node';
import { inventoryQuery, toIssues } from '@/plan/input-schemas';
import { isLabItem, LAB_ITEM } from '@/scenarios/inventory/lab-item';
import {
  answer,
  answerBadInput,
  answerError,
  methodNotAllowed,
  refuseHead,
} from '@/server/http/api-response';
import { readQuery } from '@/server/http/read-query';

/** (Re)creates an item in PostgreSQL and in every store that a strategy keeps. */
export async function loader({ context, request }: LoaderFunctionArgs): Promise<Response> {
  const refused = refuseHead(request);
  if (refused) return refused;
  const parsed = inventoryQuery.safeParse(readQuery(request));
  if (!parsed.success) return answerBadInput(toIssues(parsed.error));
  const { sku, stock } = parsed.data;
  if (isLabItem(sku)) return answerError(409, LAB_ITEM);
  try {
    await context.lab.createItem({ sku, stock });
  } catch {
    const { checks } = await context.checkHealth();
    const down = checks.postgres.ok ? (checks.redis.ok ? undefined : 'Redis') : 'PostgreSQL';
    const message = down ? `${down} cannot be reached.` : 'The item could not be created; try again.';
    return answerError(503, { code: 'unavailable', message }, { 'retry-after': '1' });
  }
  return answer({ sku, key: `inventory:{${sku}}`, stock });
}

export const action = (): Response => methodNotAllowed('GET');
