import { methodNotAllowed } from '@/server/http/api-response';
import { downloadCheck } from '@/server/http/check-routes';
import { renderCheckReport } from '~/features/check/check-report.server';

/** One HTML file that needs no network. */
export const loader = downloadCheck((check) => ({
  body: renderCheckReport(check),
  mediaType: 'text/html; charset=utf-8',
  extension: 'html',
}));

export const action = (): Response => methodNotAllowed('GET');
