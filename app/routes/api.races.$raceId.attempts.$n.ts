import type { LoaderFunctionArgs } from '@remix-run/node';
import { answer, answerBadInput, answerRefusal, api, methodNotAllowed } from '~/http/api-response.server';
import { attemptQuery, toIssues } from '~/lab/requests';

/** One attempt with its steps and its rows in the orders table. */
export function loader({ context, params, request }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const query = Object.fromEntries(new URL(request.url).searchParams);
    const parsed = attemptQuery.safeParse({ ...query, n: params.n });
    if (!parsed.success) return answerBadInput(toIssues(parsed.error));
    const found = await context.lab.getAttempt(params.raceId ?? '', parsed.data);
    return found.ok ? answer(found.attempt) : answerRefusal(found);
  });
}

export const action = (): Response => methodNotAllowed('GET');
