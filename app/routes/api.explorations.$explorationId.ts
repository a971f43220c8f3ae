import { explorationRoutes } from '@/server/http/job-routes';

export const loader = explorationRoutes.job.loader;
export const action = explorationRoutes.job.action;
