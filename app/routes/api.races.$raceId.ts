import { raceRoutes } from '@/server/http/job-routes';

export const loader = raceRoutes.job.loader;
export const action = raceRoutes.job.action;
