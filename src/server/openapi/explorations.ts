import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { explorationRequest } from '@/jobs/exploration/exploration-request';
import { pageQuery } from '@/plan/input-schemas';
import { anyObject, created, errors, forget, get, json, post, run, stop } from './parts';

const exploration = anyObject(
  'Exploration',
  'Status, plan, progress, and once it is over: coverage, outcomes and the simplest schedule that breaks something',
);
const explorationId = z.object({ explorationId: z.string() });

/** Explorations, and what the connected PostgreSQL's isolation levels prevent. */
export function describeExplorations(): ZodOpenApiPathsObject {
  const unknown = errors(['404', 'No such exploration']);
  const stopped = created.extend({ status: z.string() }).meta({ id: 'ExplorationStopped' });
  return {
    '/api/explorations': {
      ...get(
        'Explorations, newest first, without their results',
        {
          '200': json(
            'A page of explorations',
            z.object({ explorations: z.array(exploration), nextCursor: z.string().nullable() }),
          ),
          ...errors(['400', 'The query is malformed']),
        },
        { query: pageQuery },
      ),
      ...post(
        'Queues an exploration: every schedule of two or three attempts of a strategy',
        { schema: explorationRequest, required: true },
        {
          '202': json('Queued', created),
          ...errors(['400', 'It cannot be explored as asked'], ['429', 'Too many explorations wait or run']),
        },
      ),
    },
    '/api/explorations/{explorationId}': {
      ...get(
        'One exploration',
        { '200': json('The exploration', exploration), ...unknown },
        { path: explorationId },
      ),
      ...forget(
        'Forgets an exploration that is over',
        { ...unknown, ...errors(['409', 'It is not over yet']) },
        { path: explorationId },
      ),
    },
    '/api/explorations/{explorationId}/stop': stop(
      'Ends an exploration where it is; asking again changes nothing',
      { '202': json('Stopping, or over already', stopped), ...unknown },
      { path: explorationId },
    ),
    '/api/explorations/{explorationId}/schedules/{scheduleId}': run(
      'Runs one schedule again, and tells it move by move',
      {
        '200': json('The schedule', anyObject('Schedule', 'Moves, outcomes, findings, stock and orders')),
        ...errors(
          ['400', 'That is no id of a schedule'],
          ['404', 'No such exploration or schedule'],
          ['409', 'A race or an exploration is running'],
        ),
      },
      { path: explorationId.extend({ scheduleId: z.string() }) },
    ),
    '/api/isolation': get('What the isolation levels of the connected PostgreSQL really prevent', {
      '200': json(
        'The matrix',
        anyObject('Isolation', 'Cases by level, what happened and what is published'),
      ),
      ...errors(['409', 'A race or an exploration is running']),
    }),
  };
}
