import type { ActionFunctionArgs } from '@remix-run/node';
import { explorationUrl } from '@/report/addresses';
import { answer, answerRefusal, api, methodNotAllowed } from '@/server/http/api-response';

export const loader = (): Response => methodNotAllowed('POST');

/** Ends an exploration where it is. Asking again changes nothing. */
export function action({ context, params, request }: ActionFunctionArgs): Promise<Response> {
  return api(async () => {
    if (request.method !== 'POST') return methodNotAllowed('POST');
    const id = params.explorationId ?? '';
    const stopped = await context.lab.stopExploration(id);
    if (!stopped.ok) return answerRefusal(stopped);
    const exploration = await context.lab.getExploration(id);
    return answer({ id, url: explorationUrl(id), status: exploration?.status }, { status: 202 });
  });
}
