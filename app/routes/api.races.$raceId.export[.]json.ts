import type { LoaderFunctionArgs } from '@remix-run/node';
import { isOver } from '@/model/job';
import { answer, answerError, api, methodNotAllowed } from '@/server/http/api-response';
import { raceWithUrls } from '@/server/http/with-urls';

/** The whole race as a download: the same document as `GET /api/races/:id`. */
export function loader({ context, params }: LoaderFunctionArgs): Promise<Response> {
  return api(async () => {
    const id = params.raceId ?? '';
    const race = await context.lab.getRace(id);
    if (!race) return answerError(404, { code: 'unknown-race', message: `There is no race ${id}.` });
    if (!isOver(race.status)) {
      return answerError(409, {
        code: 'race-running',
        message: 'This race is not over yet. Export it when it is.',
      });
    }
    return answer(raceWithUrls(race), {
      headers: { 'content-disposition': `attachment; filename="oversell-race-${race.id}.json"` },
    });
  });
}

export const action = (): Response => methodNotAllowed('GET');
