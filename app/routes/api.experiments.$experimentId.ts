import { experimentRoutes } from '@/server/http/job-routes';

export const loader = experimentRoutes.job.loader;
export const action = experimentRoutes.job.action;
