import { methodNotAllowed } from '@/server/http/api-response';
import { listChecks } from '@/server/http/check-routes';

export const loader = listChecks;
export const action = () => methodNotAllowed('GET');
