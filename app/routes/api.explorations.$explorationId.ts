import type { LoaderFunctionArgs } from '@remix-run/node';
import { explorationUrl } from '@/report/addresses';
import { answer, answerError, api, methodNotAllowed } from '@/server/http/api-response';
import { withUrl } from '@/server/http/with-urls';

/** An exploration with its progress, and its result once there is one. */
export function loader({ context, params }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const id = params.explorationId ?? '';
    const exploration = await context.lab.getExploration(id);
    if (exploration) return answer(withUrl(exploration, explorationUrl(id)));
    return answerError(404, { code: 'unknown-exploration', message: `There is no exploration ${id}.` });
  });
}

export const action = (): Response => methodNotAllowed('GET');
