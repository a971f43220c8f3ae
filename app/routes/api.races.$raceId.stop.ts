import { raceRoutes } from '@/server/http/job-routes';

export const loader = raceRoutes.stop.loader;
export const action = raceRoutes.stop.action;
