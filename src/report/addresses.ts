import type { RunningJob } from '@/model/job';

/** The paths of this product's pages, without the server. The API returns them too, as `url`. */
export const raceUrl = (id: string): string => `/races/${id}`;
export const experimentUrl = (id: string): string => `/experiments/${id}`;
export const checkUrl = (id: string): string => `/checks/${id}`;
export const explorationUrl = (id: string): string => `/explorations/${id}`;

/** The page of the running job. */
export function runningJobUrl(job: RunningJob): string {
  switch (job.kind) {
    case 'race':
      return raceUrl(job.id);
    case 'exploration':
      return explorationUrl(job.id);
    case 'isolation':
      return '/isolation';
    default:
      return job satisfies never;
  }
}
