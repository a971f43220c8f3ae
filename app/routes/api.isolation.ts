import type { LoaderFunctionArgs } from '@remix-run/node';
import { answer, answerRefusal, api, methodNotAllowed, refuseHead } from '@/server/http/api-response';

/** What the isolation levels of the connected PostgreSQL really prevent, beside what is published. */
export function loader({ context, request }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const refused = refuseHead(request);
    if (refused) return refused;
    const tested = await context.lab.testIsolation();
    return tested.ok ? answer(tested.report) : answerRefusal(tested);
  });
}

export const action = (): Response => methodNotAllowed('GET');
