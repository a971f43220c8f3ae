import type { ActionFunctionArgs } from '@remix-run/node';
import { methodNotAllowed } from '@/server/http/api-response';
import { handlePurchase } from '@/server/http/purchase-route';

export const loader = (): Response => methodNotAllowed('POST');

export async function action({ context, params, request }: ActionFunctionArgs): Promise<Response> {
  if (request.method !== 'POST') return methodNotAllowed('POST');
  return handlePurchase(context.purchaseService, params.strategy ?? '', request);
}
