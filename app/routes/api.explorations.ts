import { explorationRoutes } from '@/server/http/job-routes';

export const loader = explorationRoutes.list.loader;
export const action = explorationRoutes.list.action;
