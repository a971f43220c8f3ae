import type { LoaderFunctionArgs } from '@remix-run/node';
import { evidenceQuery, toIssues } from '@/plan/input-schemas';
import { answer, answerBadInput, answerRefusal, api, methodNotAllowed } from '@/server/http/api-response';
import { readQuery } from '@/server/http/read-query';

/** A page of all the evidence for a finding, or of the loss ledger. */
export function loader({ context, params, request }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const parsed = evidenceQuery.safeParse(readQuery(request));
    if (!parsed.success) return answerBadInput(toIssues(parsed.error));
    const listed = await context.lab.listEvidence(params.raceId ?? '', parsed.data);
    return listed.ok ? answer(listed.page) : answerRefusal(listed);
  });
}

export const action = (): Response => methodNotAllowed('GET');
