import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { pageQuery } from '@/plan/input-schemas';
import { anyObject, errors, forget, get, json } from './parts';

const checkId = { path: z.object({ checkId: z.string() }) };

/** Results of `oversell check` on this machine. */
export function describeChecks(): ZodOpenApiPathsObject {
  const unknown = errors(['404', 'No such check']);
  const check = anyObject('Check', 'What `oversell check --json` prints, with id, time and address');
  return {
    '/api/checks': get(
      'Results of oversell check on this machine, newest first, without their schedules',
      {
        '200': json(
          'A page of checks',
          z.object({ checks: z.array(check), nextCursor: z.string().nullable() }),
        ),
        ...errors(['400', 'The query is malformed']),
      },
      { query: pageQuery },
    ),
    '/api/checks/{checkId}': {
      ...get('One check', { '200': json('The check', check), ...unknown }, checkId),
      ...forget('Forgets the result of a check', unknown, checkId),
    },
    '/api/checks/{checkId}/export.html': get(
      'The check as one HTML file that needs no network',
      {
        '200': {
          description: 'A file to download',
          content: { 'text/html': { schema: z.string() } },
        },
        ...unknown,
      },
      checkId,
    ),
  };
}
