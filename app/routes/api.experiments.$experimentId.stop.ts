import type { ActionFunctionArgs } from '@remix-run/node';
import { experimentUrl } from '@/report/addresses';
import { answer, answerRefusal, api, methodNotAllowed } from '@/server/http/api-response';

export const loader = (): Response => methodNotAllowed('POST');

/** Stops the trial that runs and starts no more. Asking again changes nothing. */
export function action({ context, params, request }: ActionFunctionArgs): Promise<Response> {
  return api(async () => {
    if (request.method !== 'POST') return methodNotAllowed('POST');
    const id = params.experimentId ?? '';
    const stopped = await context.lab.stopExperiment(id);
    if (!stopped.ok) return answerRefusal(stopped);
    const experiment = await context.lab.getExperiment(id);
    return answer({ id, url: experimentUrl(id), status: experiment?.status }, { status: 202 });
  });
}
