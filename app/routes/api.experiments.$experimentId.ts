import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { answer, answerError, answerRefusal, api, methodNotAllowed } from '@/server/http/api-response';
import { experimentWithUrls } from '@/server/http/with-urls';

export function loader({ context, params }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const id = params.experimentId ?? '';
    const experiment = await context.lab.getExperiment(id);
    if (experiment) return answer(experimentWithUrls(experiment));
    return answerError(404, { code: 'unknown-experiment', message: `There is no experiment ${id}.` });
  });
}

/** Forgets an experiment that is over, with its races. */
export function action({ context, params, request }: ActionFunctionArgs): Promise<Response> {
  return api(async () => {
    if (request.method !== 'DELETE') return methodNotAllowed('GET', 'DELETE');
    const deleted = await context.lab.deleteExperiment(params.experimentId ?? '');
    return deleted.ok ? new Response(null, { status: 204 }) : answerRefusal(deleted);
  });
}
