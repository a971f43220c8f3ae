import type { LoaderFunctionArgs } from '@remix-run/node';
import { toSummary } from '@/model/race';
import { PLAN_FIELDS } from '@/plan/fields';
import { apiTestQuery, toIssues } from '@/plan/input-schemas';
import {
  answer,
  answerBadInput,
  answerError,
  answerRefusal,
  api,
  methodNotAllowed,
  refuseHead,
} from '@/server/http/api-response';
import { readQuery } from '@/server/http/read-query';
import { raceWithUrls } from '@/server/http/with-urls';

/** Fires concurrent purchases at one strategy and, when all are done, returns the race's summary. */
export function loader({ context, request }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const refused = refuseHead(request);
    if (refused) return refused;
    const parsed = apiTestQuery.safeParse(readQuery(request));
    if (!parsed.success) return answerBadInput(toIssues(parsed.error));
    const { strategy, attempts, stock, fail } = parsed.data;
    const plan = {
      strategies: [strategy],
      attempts,
      stock,
      model: 'burst',
      concurrency: Math.min(attempts, PLAN_FIELDS.concurrency.max),
    };
    const started = await context.lab.startRace(plan, { origin: 'api-test' });
    if (!started.ok) return answerRefusal(started);
    const race = await context.lab.waitForRace(started.id);
    if (!race)
      return answerError(410, { code: 'race-deleted', message: 'The race was deleted before it was over.' });
    const isUnwanted = race.lanes.some(({ verdict }) => verdict.status === fail);
    const status = race.status === 'failed' ? 503 : isUnwanted ? 417 : 200;
    return answer(raceWithUrls(toSummary(race)), { status });
  });
}

export const action = (): Response => methodNotAllowed('GET');
