import type { LoaderFunctionArgs } from '@remix-run/node';
import { answer, methodNotAllowed } from '@/server/http/api-response';

export async function loader({ context }: LoaderFunctionArgs): Promise<Response> {
  const health = await context.checkHealth();
  return answer(health, { status: health.status === 'ok' ? 200 : 503 });
}

export const action = (): Response => methodNotAllowed('GET');
