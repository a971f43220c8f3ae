import { methodNotAllowed } from '~/http/api-response.server';
import { exportRoute } from '~/http/export-route.server';

/** The same histories the way Jepsen writes them, for other checkers. */
export const loader = exportRoute('edn');

export const action = (): Response => methodNotAllowed('GET');
