import { explorationRoutes } from '@/server/http/job-routes';

export const loader = explorationRoutes.stop.loader;
export const action = explorationRoutes.stop.action;
