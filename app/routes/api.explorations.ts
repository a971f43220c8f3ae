import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { explorationListQuery } from '@/jobs/exploration/exploration-request';
import { toIssues } from '@/plan/requests';
import { explorationUrl } from '@/report/addresses';
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

/** The latest explorations, newest first, without their results. */
export function loader({ context, request }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const parsed = explorationListQuery.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!parsed.success) return answerBadInput(toIssues(parsed.error));
    const explorations = await context.lab.listExplorations(parsed.data.limit);
    return answer({ explorations: explorations.map((one) => withUrl(one, explorationUrl(one.id))) });
  });
}

/** Queues an exploration. */
export function action({ context, request }: ActionFunctionArgs): Promise<Response> {
  return api(async () => {
    if (request.method !== 'POST') return methodNotAllowed('GET', 'POST');
    const json = await readJson(request);
    if (!json.ok) return json.response;
    const started = await context.lab.startExploration(json.value);
    if (!started.ok) return answerRefusal(started);
    return answerStarted(started.id, explorationUrl(started.id));
  });
}
