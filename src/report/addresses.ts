import type { RunningJob } from '@/model/job';

/** Where the pages of this product are, without the server in front. The API names them too, as `url`. */
export const raceUrl = (id: string): string => `/races/${id}`;
export const experimentUrl = (id: string): string => `/experiments/${id}`;
export const explorationUrl = (id: string): string => `/explorations/${id}`;

/** The page of what runs. */
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
