import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { raceListQuery } from '@/plan/race-query';
import {
  apiTestQuery,
  attemptNumber,
  attemptQuery,
  eventsQuery,
  evidenceQuery,
  exportQuery,
} from '@/plan/input-schemas';
import { raceRequest } from '@/plan/schema';
import { anyObject, created, errors, forget, get, json, post, stop } from './parts';

const race = anyObject(
  'Race',
  'A race with its plan, and its lanes with counts, verdict, findings and latencies',
);
const raceId = { path: z.object({ raceId: z.string() }) };
const attempt = {
  path: raceId.path.extend({ n: attemptNumber }),
  query: attemptQuery.pick({ lane: true }),
};
const unknown = errors(['404', 'No such race']);
const malformed = errors(['400', 'The query is malformed']);
const notJudged = errors([
  '409',
  'The lane has not been judged, or its orders are not those that were counted',
]);

/** Races, from the request to the files. */
export function describeRaces(): ZodOpenApiPathsObject {
  const stopped = created
    .extend({ status: z.string(), inFlight: z.number().int() })
    .meta({ id: 'RaceStopped' });
  return {
    '/api/api-test': get(
      'Fires concurrent purchases and answers with the race’s summary when all are in',
      {
        '200': json('The race', race),
        '417': json('The race, which came to the verdict that `fail` names', race),
        '503': json('The race that failed, or word that the database is down', race),
        ...errors(
          ['400', 'The query is malformed'],
          ['403', 'Called by a page of another site'],
          ['410', 'The race was deleted before it was over'],
          ['429', 'Too many races wait'],
        ),
      },
      { query: apiTestQuery },
    ),
    '/api/races': {
      ...get(
        'Races, newest first: all, or those that every given filter lets through',
        {
          '200': json(
            'A page of races',
            z.object({ races: z.array(race), nextCursor: z.string().nullable() }),
          ),
          ...malformed,
        },
        { query: raceListQuery },
      ),
      ...post(
        'Queues a race',
        { schema: raceRequest, required: true },
        {
          '202': json('Queued', created),
          ...errors(['400', 'The race cannot be run as asked'], ['429', 'Too many races wait']),
        },
      ),
    },
    '/api/races/{raceId}': {
      ...get('One race', { '200': json('The race', race), ...unknown }, raceId),
      ...forget(
        'Forgets a race that is over',
        { ...unknown, ...errors(['409', 'It is not over yet, or is a trial of an experiment']) },
        raceId,
      ),
    },
    '/api/races/{raceId}/stop': stop(
      'Drains and judges what ran; asked a second time, waits for nothing more',
      { '202': json('Stopping, or over already', stopped), ...unknown },
      raceId,
    ),
    '/api/races/{raceId}/events': get(
      'The event batches of a lane from a sequence number on',
      {
        '200': json('Batches in order', anyObject('Events', 'Columnar batches, and the next number')),
        ...malformed,
        ...unknown,
      },
      { ...raceId, query: eventsQuery },
    ),
    ...describeEvidence(),
    ...describeExports(),
  };
}

function describeEvidence(): ZodOpenApiPathsObject {
  return {
    '/api/races/{raceId}/evidence': get(
      'All the evidence for a finding of a judged lane, or its loss ledger, in pages',
      {
        '200': json('A page', anyObject('EvidencePage', 'Pieces of evidence, and how many there are in all')),
        ...malformed,
        ...unknown,
        ...notJudged,
      },
      { ...raceId, query: evidenceQuery },
    ),
    '/api/races/{raceId}/attempts/{n}': get(
      'One attempt with its steps and its rows in the orders table',
      {
        '200': json(
          'The attempt',
          anyObject('Attempt', 'What it saw, what it was told, its steps and orders'),
        ),
        ...malformed,
        ...unknown,
      },
      attempt,
    ),
    '/api/races/{raceId}/attempts/{n}/evidence': get(
      'The evidence that one attempt of a judged lane is part of',
      {
        '200': json(
          'At most 50 pieces',
          anyObject('Naming', 'Pieces of evidence by kind and number, and how many there are in all'),
        ),
        ...malformed,
        ...unknown,
        ...notJudged,
      },
      attempt,
    ),
  };
}

function describeExports(): ZodOpenApiPathsObject {
  return {
    '/api/races/{raceId}/export.json': get(
      'The race as a download',
      { '200': json('The race', race), ...unknown, ...errors(['409', 'It is not over yet']) },
      raceId,
    ),
    '/api/races/{raceId}/export.html': reported('Its page as one file, without scripts', 'text/html'),
    '/api/races/{raceId}/export.csv': reported('One row a lane, with every figure', 'text/csv'),
    '/api/races/{raceId}/export.junit.xml': reported(
      'A test case a check and a lane, for the test views of CI servers',
      'application/xml',
    ),
    '/api/races/{raceId}/export.md': reported('A table of lanes, for a pull request', 'text/markdown'),
    '/api/races/{raceId}/export.ndjson': exported(
      'The histories of its judged lanes, to be audited again: docs/history-format.md',
      'application/x-ndjson',
    ),
    '/api/races/{raceId}/export.edn': exported(
      'The same for other checkers, as Jepsen writes a history',
      'application/edn',
    ),
  };
}

function reported(summary: string, type: string): { get: ZodOpenApiOperationObject } {
  const content = { [type]: { schema: z.string() } };
  const responses = {
    '200': { description: 'The report', content },
    ...unknown,
    ...errors(['409', 'It is not over yet']),
  };
  return get(summary, responses, raceId);
}

function exported(summary: string, type: string): { get: ZodOpenApiOperationObject } {
  const responses = {
    '200': { description: 'The file, as a stream', content: { [type]: { schema: z.string() } } },
    ...errors(
      ['400', 'The query is malformed'],
      ['404', 'No such race or lane'],
      ['409', 'It is not over yet, was not judged, or the rows that it was judged by have changed'],
    ),
  };
  return get(summary, responses, { ...raceId, query: exportQuery });
}
