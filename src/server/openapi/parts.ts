import { z } from 'zod';
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiParameters,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi';

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

/** An object whose fields are described in words: docs/http-api.md has them all. */
export function anyObject(id: string, description: string): z.ZodType {
  return z.looseObject({}).meta({ id, description });
}

/** The response to starting a job. */
export const created = z.object({ id: z.string(), url: z.string() }).meta({ id: 'Created' });

export function json(description: string, schema: z.ZodType): ZodOpenApiResponseObject {
  return { description, content: { [JSON_TYPE]: { schema } } };
}

export function errors(...statuses: [`4${string}` | '503', string][]): ZodOpenApiResponsesObject {
  return Object.fromEntries(statuses.map(([status, why]) => [status, json(why, error)]));
}

const UNAVAILABLE = errors(['503', 'The database cannot be reached now, or the server is shutting down']);
const CHANGES = { ...errors(['403', 'Called by a page of another site']), ...UNAVAILABLE };
const BODY = errors(['413', 'The body is too large'], ['415', 'The body is not JSON']);

/** A call that reads. Its own responses come before the ones that every call may have. */
export function get(
  summary: string,
  responses: ZodOpenApiResponsesObject,
  requestParams?: ZodOpenApiParameters,
): { get: ZodOpenApiOperationObject } {
  const all = { ...UNAVAILABLE, ...responses };
  return { get: { summary, responses: all, ...(requestParams && { requestParams }) } };
}

/** A call that starts something, by a JSON body. */
export function post(
  summary: string,
  body: { schema: z.ZodType; required: boolean },
  responses: ZodOpenApiResponsesObject,
  requestParams?: ZodOpenApiParameters,
): { post: ZodOpenApiOperationObject } {
  return {
    post: {
      summary,
      ...(requestParams && { requestParams }),
      requestBody: { required: body.required, content: { [JSON_TYPE]: { schema: body.schema } } },
      responses: { ...CHANGES, ...BODY, ...responses },
    },
  };
}

/** A call that acts on what its address names; its body, if any, is ignored. */
export function run(
  summary: string,
  responses: ZodOpenApiResponsesObject,
  requestParams: ZodOpenApiParameters,
): { post: ZodOpenApiOperationObject } {
  return { post: { summary, requestParams, responses: { ...CHANGES, ...responses } } };
}

/** A call that stops what its address names. */
export function stop(...[summary, responses, requestParams]: Parameters<typeof run>): ReturnType<typeof run> {
  const elsewhere = errors(['409', 'It runs on another server of this database']);
  return run(summary, { ...elsewhere, ...responses }, requestParams);
}

/** A call that deletes what its address names. */
export function forget(
  summary: string,
  responses: ZodOpenApiResponsesObject,
  requestParams: ZodOpenApiParameters,
): { delete: ZodOpenApiOperationObject } {
  const forgotten = { '204': { description: 'Forgotten' } };
  return { delete: { summary, requestParams, responses: { ...forgotten, ...CHANGES, ...responses } } };
}
