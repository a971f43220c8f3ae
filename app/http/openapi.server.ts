import { z } from 'zod';
import { createDocument } from 'zod-openapi';
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiParameters,
  ZodOpenApiPathsObject,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { experimentListQuery, experimentRequest } from '~/lab/experiment/experiment-request';
import { explorationListQuery, explorationRequest } from '~/lab/explorer/exploration-request';
import {
  apiTestQuery,
  attemptQuery,
  eventsQuery,
  evidenceQuery,
  exportQuery,
  inventoryQuery,
  purchaseBody,
  raceRequest,
} from '~/lab/requests';
import { raceListQuery } from '~/lab/race-query';

const JSON_TYPE = 'application/json';

const error = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    }),
  })
  .meta({ id: 'Error', description: 'The one shape of every error' });

const purchaseAnswer = z
  .object({
    outcome: z.enum(['accepted', 'sold-out', 'conflict', 'error', 'indeterminate']),
    attemptId: z.string(),
    orderId: z.string().optional(),
    sku: z.string(),
    strategy: z.string(),
    quantity: z.number().int(),
    remaining: z.number().int().optional(),
    retries: z.number().int(),
    seen: z.object({ stock: z.number().int().optional(), version: z.number().int().optional() }).optional(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
    trace: z.array(z.number().int()).optional(),
  })
  .meta({ id: 'PurchaseAnswer' });

const anyObject = (id: string, description: string) => z.looseObject({}).meta({ id, description });
const race = anyObject(
  'Race',
  'A race with its plan, and its lanes with counts, verdict, findings and latencies',
);
const raceCreated = z.object({ id: z.string(), url: z.string() }).meta({ id: 'RaceCreated' });
const raceStopped = raceCreated
  .extend({ status: z.string(), inFlight: z.number().int() })
  .meta({ id: 'RaceStopped' });
const raceId = { path: z.object({ raceId: z.string() }) };

const experiment = anyObject(
  'Experiment',
  'An experiment with its plan, and what its trials came to: by strategy, or by level of a bisection',
);
const experimentCreated = raceCreated.meta({ id: 'ExperimentCreated' });
const experimentStopped = raceStopped.meta({ id: 'ExperimentStopped' });
const experimentId = { path: z.object({ experimentId: z.string() }) };

function json(description: string, schema: z.ZodType): ZodOpenApiResponseObject {
  return { description, content: { [JSON_TYPE]: { schema } } };
}

function errors(...statuses: [`4${string}`, string][]): ZodOpenApiResponsesObject {
  return Object.fromEntries(statuses.map(([status, why]) => [status, json(why, error)]));
}

function get(
  summary: string,
  responses: ZodOpenApiResponsesObject,
  requestParams?: ZodOpenApiParameters,
): { get: ZodOpenApiOperationObject } {
  return { get: { summary, responses, ...(requestParams && { requestParams }) } };
}

function buy(summary: string, requestParams?: ZodOpenApiParameters): { post: ZodOpenApiOperationObject } {
  return {
    post: {
      summary,
      ...(requestParams && { requestParams }),
      requestBody: { required: false, content: { [JSON_TYPE]: { schema: purchaseBody } } },
      responses: {
        '200': json('Accepted', purchaseAnswer),
        '409': json('Sold out', purchaseAnswer),
        '503': json('Gave up, or failed before selling anything; see Retry-After', purchaseAnswer),
        '504': json('Nobody can know whether it sold', purchaseAnswer),
        ...errors(
          ['400', 'The body is malformed'],
          ['404', 'No such item or strategy'],
          ['413', 'The body is too large'],
          ['415', 'The body is not JSON'],
        ),
      },
    },
  };
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

function describeExplorations(): ZodOpenApiPathsObject {
  const unknown = errors(['404', 'No such exploration']);
  const exploration = anyObject(
    'Exploration',
    'Status, plan, progress, and once it is over: coverage, outcomes and the simplest schedule that breaks something',
  );
  const created = z.object({ id: z.string(), url: z.string() }).meta({ id: 'ExplorationCreated' });
  const explorationId = z.object({ explorationId: z.string() });
  const schedule = explorationId.extend({ scheduleId: z.string() });
  return {
    '/api/explorations': {
      ...get(
        'Explorations, newest first, without their results',
        {
          '200': json('The latest', z.object({ explorations: z.array(exploration) })),
          ...errors(['400', 'The query is malformed']),
        },
        { query: explorationListQuery },
      ),
      post: {
        summary: 'Queues an exploration: every schedule of two or three attempts of a strategy',
        requestBody: { required: true, content: { [JSON_TYPE]: { schema: explorationRequest } } },
        responses: {
          '202': json('Queued', created),
          ...errors(['400', 'It cannot be explored as asked'], ['429', 'Too many explorations wait']),
        },
      },
    },
    '/api/explorations/{explorationId}': get(
      'One exploration',
      { '200': json('The exploration', exploration), ...unknown },
      { path: explorationId },
    ),
    '/api/explorations/{explorationId}/stop': {
      post: {
        summary: 'Ends an exploration where it is; asking again changes nothing',
        requestParams: { path: explorationId },
        responses: {
          '202': json('Stopping, or over already', created.extend({ status: z.string() }).meta({})),
          ...unknown,
          ...errors(['409', 'It runs on another server of this database']),
        },
      },
    },
    '/api/explorations/{explorationId}/schedules/{scheduleId}': get(
      'Runs one schedule again, and tells it move by move',
      {
        '200': json('The schedule', anyObject('Schedule', 'Moves, outcomes, findings, stock and orders')),
        ...errors(
          ['400', 'That is no id of a schedule'],
          ['404', 'No such exploration or schedule'],
          ['409', 'A race or an exploration is running'],
        ),
      },
      { path: schedule },
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

/** The API as an OpenAPI 3.1 document, made from the schemas that check requests. */
export function describeApi(version: string): object {
  const unknownRace = errors(['404', 'No such race']);
  const unknownExperiment = errors(['404', 'No such experiment']);
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Oversell', version, description: 'A race laboratory for inventory.' },
    paths: {
      '/api/health': get('Whether the server and what it depends on answer', {
        '200': json('All is well', anyObject('Health', 'Status, version, and a check of each dependency')),
        '503': { description: 'A dependency is down; its check says why' },
      }),
      '/api/create-inventory-key': get(
        '(Re)creates an item in PostgreSQL and its inventory key in Redis',
        {
          '200': json('Created', z.object({ sku: z.string(), key: z.string(), stock: z.number().int() })),
          ...errors(['400', 'The query is malformed'], ['403', 'Called by a page of another site']),
        },
        { query: inventoryQuery },
      ),
      '/api/buy-bad': buy('The textbook unsafe purchase: reads, waits, writes'),
      '/api/buy-good': buy('The recommended safe purchase: one guarded statement'),
      '/api/buy/{strategy}': buy('A purchase with any strategy', {
        path: z.object({ strategy: z.string() }),
      }),
      '/api/api-test': get(
        'Fires concurrent purchases and answers with the race’s summary when all are in',
        {
          '200': json('The race', race),
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
      '/api/strategies': get('Every strategy', {
        '200': json(
          'Strategies',
          z.array(anyObject('Strategy', 'Id, name, expected class, summary, who uses it')),
        ),
      }),
      ...describeExplorations(),
      '/api/races': {
        ...get(
          'Races, newest first: all, or those that every given filter lets through',
          {
            '200': json(
              'A page of races',
              z.object({ races: z.array(race), nextCursor: z.string().nullable() }),
            ),
            ...errors(['400', 'The query is malformed']),
          },
          { query: raceListQuery },
        ),
        post: {
          summary: 'Queues a race',
          requestBody: { required: true, content: { [JSON_TYPE]: { schema: raceRequest } } },
          responses: {
            '202': json('Queued', raceCreated),
            ...errors(['400', 'The race cannot be run as asked'], ['429', 'Too many races wait']),
          },
        },
      },
      '/api/races/{raceId}': {
        ...get('One race', { '200': json('The race', race), ...unknownRace }, raceId),
        delete: {
          summary: 'Forgets a race that is over',
          requestParams: raceId,
          responses: {
            '204': { description: 'Forgotten' },
            ...unknownRace,
            ...errors(['409', 'It is not over yet, or is a trial of an experiment']),
          },
        },
      },
      '/api/races/{raceId}/stop': {
        post: {
          summary: 'Drains and judges what ran; asking again changes nothing',
          requestParams: raceId,
          responses: {
            '202': json('Stopping, or over already', raceStopped),
            ...unknownRace,
            ...errors(['409', 'It runs on another server of this database']),
          },
        },
      },
      '/api/races/{raceId}/events': get(
        'The event batches of a lane from a sequence number on',
        {
          '200': json('Batches in order', anyObject('Events', 'Columnar batches, and the next number')),
          ...unknownRace,
        },
        { ...raceId, query: eventsQuery },
      ),
      '/api/races/{raceId}/evidence': get(
        'All the evidence for a finding of a judged lane, or its loss ledger, in pages',
        {
          '200': json(
            'A page',
            anyObject('EvidencePage', 'Pieces of evidence, and how many there are in all'),
          ),
          ...unknownRace,
          ...errors(
            ['400', 'The query is malformed'],
            ['409', 'The lane has not been judged, or its orders are not those that were counted'],
          ),
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
          ...unknownRace,
          ...errors(['400', 'The query is malformed']),
        },
        {
          path: raceId.path.extend(attemptQuery.pick({ n: true }).shape),
          query: attemptQuery.pick({ lane: true }),
        },
      ),
      '/api/races/{raceId}/attempts/{n}/evidence': get(
        'The evidence that one attempt of a judged lane is part of',
        {
          '200': json(
            'At most 50 pieces',
            anyObject('Naming', 'Pieces of evidence by kind and number, and how many there are in all'),
          ),
          ...unknownRace,
          ...errors(
            ['400', 'The query is malformed'],
            ['409', 'The lane has not been judged, or its orders are not those that were counted'],
          ),
        },
        {
          path: raceId.path.extend(attemptQuery.pick({ n: true }).shape),
          query: attemptQuery.pick({ lane: true }),
        },
      ),
      '/api/races/{raceId}/export.json': get(
        'The race as a download',
        { '200': json('The race', race), ...unknownRace, ...errors(['409', 'It is not over yet']) },
        raceId,
      ),
      '/api/races/{raceId}/export.ndjson': exported(
        'The histories of its judged lanes, to be audited again: docs/history-format.md',
        'application/x-ndjson',
      ),
      '/api/races/{raceId}/export.edn': exported(
        'The same for other checkers, as Jepsen writes a history',
        'application/edn',
      ),
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
          { query: experimentListQuery },
        ),
        post: {
          summary: 'Queues an experiment: several races made from one plan',
          requestBody: { required: true, content: { [JSON_TYPE]: { schema: experimentRequest } } },
          responses: {
            '202': json('Queued', experimentCreated),
            ...errors(
              ['400', 'The experiment cannot be run as asked'],
              ['429', 'Too many experiments are under way'],
            ),
          },
        },
      },
      '/api/experiments/{experimentId}': {
        ...get(
          'One experiment',
          { '200': json('The experiment', experiment), ...unknownExperiment },
          experimentId,
        ),
        delete: {
          summary: 'Forgets an experiment that is over, with its races',
          requestParams: experimentId,
          responses: {
            '204': { description: 'Forgotten' },
            ...unknownExperiment,
            ...errors(['409', 'It is not over yet']),
          },
        },
      },
      '/api/experiments/{experimentId}/stop': {
        post: {
          summary: 'Stops the trial that runs and starts no more; asking again changes nothing',
          requestParams: experimentId,
          responses: {
            '202': json('Stopping, or over already', experimentStopped),
            ...unknownExperiment,
            ...errors(['409', 'It runs on another server of this database']),
          },
        },
      },
    },
  });
}
