import { methodNotAllowed } from '@/server/http/api-response';
import { downloadRoute, reportWithCollision } from '@/server/http/export-route';
import { renderHtmlReport } from '~/features/race/html-report.server';

/** One HTML file that needs no network. */
export const loader = downloadRoute(async (race, context) => ({
  body: renderHtmlReport(await reportWithCollision(race, context)),
  mediaType: 'text/html; charset=utf-8',
  extension: 'html',
}));

export const action = (): Response => methodNotAllowed('GET');
