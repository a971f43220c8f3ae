import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { answer, answerError, answerRefusal, api, methodNotAllowed } from '@/server/http/api-response';
import { raceWithUrls } from '@/server/http/with-urls';

export function loader({ context, params }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const id = params.raceId ?? '';
    const race = await context.lab.getRace(id);
    if (!race) return answerError(404, { code: 'unknown-race', message: `There is no race ${id}.` });
    return answer(raceWithUrls(race));
  });
}

/** Forgets a race that is over. */
export function action({ context, params, request }: ActionFunctionArgs): Promise<Response> {
  return api(async () => {
    if (request.method !== 'DELETE') return methodNotAllowed('GET', 'DELETE');
    const deleted = await context.lab.deleteRace(params.raceId ?? '');
    return deleted.ok ? new Response(null, { status: 204 }) : answerRefusal(deleted);
  });
}
