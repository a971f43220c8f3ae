import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { experimentRequest } from '@/jobs/experiment/experiment-request';
import { pageQuery } from '@/plan/input-schemas';
import { anyObject, created, errors, forget, get, json, post, stop } from './parts';

const experiment = anyObject(
  'Experiment',
  'An experiment with its plan, and what its trials came to: by strategy, or by level of a bisection',
);
const experimentId = { path: z.object({ experimentId: z.string() }) };

/** Trials and bisections. */
export function describeExperiments(): ZodOpenApiPathsObject {
  const unknown = errors(['404', 'No such experiment']);
  const stopped = created.extend({ status: z.string() }).meta({ id: 'ExperimentStopped' });
  return {
    '/api/experiments': {
      ...get(
        'Experiments, newest first',
        {
          '200': json(
            'A page of experiments',
            z.object({ experiments: z.array(experiment), nextCursor: z.string().nullable() }),
          ),
          ...errors(['400', 'The query is malformed']),
        },
        { query: pageQuery },
      ),
      ...post(
        'Queues an experiment: several races made from one plan',
        { schema: experimentRequest, required: true },
        {
          '202': json('Queued', created),
          ...errors(
            ['400', 'The experiment cannot be run as asked'],
            ['429', 'Too many experiments are under way'],
          ),
        },
      ),
    },
    '/api/experiments/{experimentId}': {
      ...get('One experiment', { '200': json('The experiment', experiment), ...unknown }, experimentId),
      ...forget(
        'Forgets an experiment that is over, with its races',
        { ...unknown, ...errors(['409', 'It is not over yet']) },
        experimentId,
      ),
    },
    '/api/experiments/{experimentId}/stop': stop(
      'Stops the trial that runs and starts no more; asking again changes nothing',
      { '202': json('Stopping, or over already', stopped), ...unknown },
      experimentId,
    ),
  };
}
