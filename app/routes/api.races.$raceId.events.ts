import type { LoaderFunctionArgs } from '@remix-run/node';
import { toJson } from '@/model/batches/batch-json';
import { eventsQuery, toIssues } from '@/plan/input-schemas';
import { answer, answerBadInput, answerError, api, methodNotAllowed } from '@/server/http/api-response';
import { readQuery } from '@/server/http/read-query';

/** The event batches of a lane from a sequence number on, for replay and resync. */
export function loader({ context, params, request }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const parsed = eventsQuery.safeParse(readQuery(request));
    if (!parsed.success) return answerBadInput(toIssues(parsed.error));
    const id = params.raceId ?? '';
    const { lane, from, limit } = parsed.data;
    const batches = await context.lab.readEvents(id, lane, from, limit);
    if (!batches) {
      return answerError(404, {
        code: 'unknown-race',
        message: `There is no race ${id} with a lane ${lane}.`,
      });
    }
    const last = batches.at(-1);
    const next = last ? last.seq + last.count : from;
    const place = { raceId: id, lane };
    return answer({ ...place, from, batches: batches.map((batch) => toJson(place, batch)), next });
  });
}

export const action = (): Response => methodNotAllowed('GET');
