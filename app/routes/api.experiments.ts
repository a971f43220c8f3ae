import { experimentRoutes } from '@/server/http/job-routes';

export const loader = experimentRoutes.list.loader;
export const action = experimentRoutes.list.action;
