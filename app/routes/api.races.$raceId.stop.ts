import type { ActionFunctionArgs } from '@remix-run/node';
import { raceUrl } from '@/report/addresses';
import { answer, answerRefusal, api, methodNotAllowed } from '@/server/http/api-response';

export const loader = (): Response => methodNotAllowed('POST');

/** Drains and judges what ran. Asked a second time, it waits for nothing more; afterwards nothing changes. */
export function action({ context, params, request }: ActionFunctionArgs): Promise<Response> {
  return api(async () => {
    if (request.method !== 'POST') return methodNotAllowed('POST');
    const id = params.raceId ?? '';
    const stopped = await context.lab.stopRace(id, 'next');
    if (!stopped.ok) return answerRefusal(stopped);
    const state = await context.lab.getRaceState(id);
    const inFlight = context.lab.snapshots(id).reduce((sum, lane) => sum + lane.inFlight, 0);
    return answer({ id, url: raceUrl(id), status: state?.status, inFlight }, { status: 202 });
  });
}
