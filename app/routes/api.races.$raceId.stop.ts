import type { ActionFunctionArgs } from '@remix-run/node';
import { answer, answerRefusal, api, methodNotAllowed } from '~/http/api-response.server';

export const loader = (): Response => methodNotAllowed('POST');

/** Drains and judges what ran. Asking again changes nothing. */
export function action({ context, params, request }: ActionFunctionArgs): Promise<Response> {
  return api(async () => {
    if (request.method !== 'POST') return methodNotAllowed('POST');
    const id = params.raceId ?? '';
    const stopped = await context.lab.stopRace(id);
    if (!stopped.ok) return answerRefusal(stopped);
    const state = await context.lab.getRaceState(id);
    return answer({ id, url: `/races/${id}`, status: state?.status }, { status: 202 });
  });
}
