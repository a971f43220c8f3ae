import type { LoaderFunctionArgs } from '@remix-run/node';
import { answer, answerRefusal, api, methodNotAllowed, refuseHead } from '@/server/http/api-response';

/** Runs one schedule of an exploration again, and tells it move by move. */
export function loader({ context, params, request }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const refused = refuseHead(request);
    if (refused) return refused;
    const replayed = await context.lab.replaySchedule(params.explorationId ?? '', params.scheduleId ?? '');
    return replayed.ok ? answer(replayed.schedule) : answerRefusal(replayed);
  });
}

export const action = (): Response => methodNotAllowed('GET');
