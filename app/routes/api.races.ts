import { raceRoutes } from '@/server/http/job-routes';

export const loader = raceRoutes.list.loader;
export const action = raceRoutes.list.action;
