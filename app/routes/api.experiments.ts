import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { experimentListQuery } from '@/jobs/experiment/experiment-request';
import { toIssues } from '@/plan/requests';
import { experimentUrl } from '@/report/addresses';
import {
  answer,
  answerBadInput,
  answerRefusal,
  answerStarted,
  api,
  methodNotAllowed,
} from '@/server/http/api-response';
import { readJson } from '@/server/http/read-json';
import { withUrl } from '@/server/http/with-urls';

/** Experiments, newest first. */
export function loader({ context, request }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const parsed = experimentListQuery.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!parsed.success) return answerBadInput(toIssues(parsed.error));
    const page = await context.lab.listExperiments(parsed.data);
    if (!page.ok) return answerRefusal(page);
    const experiments = page.experiments.map((one) => withUrl(one, experimentUrl(one.id)));
    return answer({ experiments, nextCursor: page.nextCursor });
  });
}

/** Queues an experiment. */
export function action({ context, request }: ActionFunctionArgs): Promise<Response> {
  return api(async () => {
    if (request.method !== 'POST') return methodNotAllowed('GET', 'POST');
    const json = await readJson(request);
    if (!json.ok) return json.response;
    const started = await context.lab.startExperiment(json.value, { origin: 'api' });
    if (!started.ok) return answerRefusal(started);
    return answerStarted(started.id, experimentUrl(started.id));
  });
}
