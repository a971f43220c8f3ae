import type { LoaderFunctionArgs } from '@remix-run/node';
import { attemptQuery, toIssues } from '@/plan/input-schemas';
import { answer, answerBadInput, answerRefusal, api, methodNotAllowed } from '@/server/http/api-response';
import { readQuery } from '@/server/http/read-query';

/** One attempt with its steps and its rows in the orders table. */
export function loader({ context, params, request }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const query = readQuery(request);
    const parsed = attemptQuery.safeParse({ ...query, n: params.n });
    if (!parsed.success) return answerBadInput(toIssues(parsed.error));
    const found = await context.lab.getAttempt(params.raceId ?? '', parsed.data);
    return found.ok ? answer(found.attempt) : answerRefusal(found);
  });
}

export const action = (): Response => methodNotAllowed('GET');
