import type { ActionFunctionArgs } from '@remix-run/node';
import { methodNotAllowed } from '~/http/api-response.server';
import { handlePurchase } from '~/http/purchase-route.server';

export const loader = (): Response => methodNotAllowed('POST');

export async function action({ context, request }: ActionFunctionArgs): Promise<Response> {
  if (request.method !== 'POST') return methodNotAllowed('POST');
  return handlePurchase(context.seller, 'read-then-write', request);
}
