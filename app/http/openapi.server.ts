import { z } from 'zod';
import { createDocument } from 'zod-openapi';
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiParameters,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi';
import {
  apiTestQuery,
  eventsQuery,
  inventoryQuery,
  purchaseBody,
  raceListQuery,
  raceRequest,
} from '~/lab/requests';

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
const raceStopped = raceCreated.extend({ status: z.string() }).meta({ id: 'RaceStopped' });
const raceId = { path: z.object({ raceId: z.string() }) };

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

/** The API as an OpenAPI 3.1 document, made from the schemas that check requests. */
export function describeApi(version: string): object {
  const unknownRace = errors(['404', 'No such race']);
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
      '/api/races': {
        ...get(
          'Races, newest first',
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
            ...errors(['409', 'It is not over yet']),
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
      '/api/races/{raceId}/export.json': get(
        'The race as a download',
        { '200': json('The race', race), ...unknownRace, ...errors(['409', 'It is not over yet']) },
        raceId,
      ),
    },
  });
}
