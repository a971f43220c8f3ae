import { methodNotAllowed } from '@/server/http/api-response';
import { reportRoute } from '@/server/http/export-route';

/** A table of lanes, for a pull request. */
export const loader = reportRoute('markdown');

export const action = (): Response => methodNotAllowed('GET');
