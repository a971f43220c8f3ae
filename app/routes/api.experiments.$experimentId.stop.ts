import { experimentRoutes } from '@/server/http/job-routes';

export const loader = experimentRoutes.stop.loader;
export const action = experimentRoutes.stop.action;
