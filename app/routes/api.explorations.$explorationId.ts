import type { LoaderFunctionArgs } from '@remix-run/node';
import { answer, answerError, api, methodNotAllowed } from '@/server/http/api-response';

/** An exploration with its progress, and its result once there is one. */
export function loader({ context, params }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const id = params.explorationId ?? '';
    const exploration = await context.lab.getExploration(id);
    if (exploration) return answer(exploration);
    return answerError(404, { code: 'unknown-exploration', message: `There is no exploration ${id}.` });
  });
}

export const action = (): Response => methodNotAllowed('GET');
