import { methodNotAllowed } from '@/server/http/api-response';
import { exportRoute } from '@/server/http/export-route';

/** The histories of a race’s judged lanes, for audits elsewhere. */
export const loader = exportRoute('ndjson');

export const action = (): Response => methodNotAllowed('GET');
