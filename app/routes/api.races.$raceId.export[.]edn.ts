import { methodNotAllowed } from '@/server/http/api-response';
import { exportRoute } from '@/server/http/export-route';

/** The same histories the way Jepsen writes them, for other checkers. */
export const loader = exportRoute('edn');

export const action = (): Response => methodNotAllowed('GET');
