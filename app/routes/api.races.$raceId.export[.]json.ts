import { methodNotAllowed } from '@/server/http/api-response';
import { downloadRoute } from '@/server/http/export-route';
import { raceWithUrls } from '@/server/http/with-urls';

/** The whole race as a download: the same document as `GET /api/races/:id`. */
export const loader = downloadRoute((race) => ({
  body: JSON.stringify(raceWithUrls(race)),
  mediaType: 'application/json',
  extension: 'json',
}));

export const action = (): Response => methodNotAllowed('GET');
