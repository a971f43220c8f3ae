import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { raceListQuery } from '@/plan/race-query';
import { toIssues } from '@/plan/requests';
import { raceUrl } from '@/report/addresses';
import {
  answer,
  answerBadInput,
  answerRefusal,
  answerStarted,
  api,
  methodNotAllowed,
} from '@/server/http/api-response';
import { readJson } from '@/server/http/read-json';
import { raceWithUrls } from '@/server/http/with-urls';

/** Races, newest first, all or those that a filter lets through. */
export function loader({ context, request }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const parsed = raceListQuery.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!parsed.success) return answerBadInput(toIssues(parsed.error));
    const { limit, cursor, ...filter } = parsed.data;
    const page = await context.lab.listRaces({ limit, cursor, filter });
    if (!page.ok) return answerRefusal(page);
    return answer({ races: page.races.map(raceWithUrls), nextCursor: page.nextCursor });
  });
}

/** Queues a race. */
export function action({ context, request }: ActionFunctionArgs): Promise<Response> {
  return api(async () => {
    if (request.method !== 'POST') return methodNotAllowed('GET', 'POST');
    const json = await readJson(request);
    if (!json.ok) return json.response;
    const started = await context.lab.startRace(json.value, { origin: 'api' });
    if (!started.ok) return answerRefusal(started);
    return answerStarted(started.id, raceUrl(started.id));
  });
}
