import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { explorationListQuery } from '@/jobs/exploration/exploration-request';
import { toIssues } from '@/plan/requests';
import { answer, answerBadInput, answerRefusal, api, methodNotAllowed } from '@/server/http/api-response';
import { readJson } from '@/server/http/read-json';

/** The latest explorations, newest first, without their results. */
export function loader({ context, request }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const parsed = explorationListQuery.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!parsed.success) return answerBadInput(toIssues(parsed.error));
    return answer({ explorations: await context.lab.listExplorations(parsed.data.limit) });
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
    return answer(started.exploration, { status: 202, headers: { location: started.exploration.url } });
  });
}
