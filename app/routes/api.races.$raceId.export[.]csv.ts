import { methodNotAllowed } from '@/server/http/api-response';
import { reportRoute } from '@/server/http/export-route';

/** One row a lane, with every figure. */
export const loader = reportRoute('csv');

export const action = (): Response => methodNotAllowed('GET');
