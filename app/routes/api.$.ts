import type { LoaderFunctionArgs } from '@remix-run/node';
import { answerError } from '@/server/http/api-response';

/** Any other address below /api. */
export function loader({ request }: LoaderFunctionArgs): Response {
  const { pathname } = new URL(request.url);
  const message = `There is nothing at ${pathname}. See /api/openapi.json.`;
  return answerError(404, { code: 'not-found', message });
}

export const action = loader;
