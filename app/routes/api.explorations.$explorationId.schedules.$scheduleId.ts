import type { ActionFunctionArgs } from '@remix-run/node';
import { answer, answerRefusal, api, methodNotAllowed } from '@/server/http/api-response';

export const loader = (): Response => methodNotAllowed('POST');

/** Runs one schedule of an exploration again, and returns it move by move. */
export function action({ context, params, request }: ActionFunctionArgs): Promise<Response> {
  return api(async () => {
    if (request.method !== 'POST') return methodNotAllowed('POST');
    const { explorationId = '', scheduleId = '' } = params;
    const replayed = await context.lab.replaySchedule(explorationId, scheduleId);
    return replayed.ok ? answer(replayed.schedule) : answerRefusal(replayed);
  });
}
