import { methodNotAllowed } from '@/server/http/api-response';
import { reportRoute } from '@/server/http/export-route';

/** A test case a check and a lane, for the test views of CI servers. */
export const loader = reportRoute('junit');

export const action = (): Response => methodNotAllowed('GET');
