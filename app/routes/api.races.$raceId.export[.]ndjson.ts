import { methodNotAllowed } from '~/http/api-response.server';
import { exportRoute } from '~/http/export-route.server';

/** The histories of a race’s judged lanes, to be audited again by anybody. */
export const loader = exportRoute('ndjson');

export const action = (): Response => methodNotAllowed('GET');
