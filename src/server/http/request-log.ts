import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

/** Assets say nothing. */
const NOT_LOGGED = /^\/(?:assets\/|favicon)/;

/** Gives every request an id, and answers it as `x-request-id`. */
export const setRequestId: RequestHandler = (_request, response, next) => {
  response.setHeader('x-request-id', randomUUID());
  next();
};

/** Logs every request but those for assets, and purchases, which pass ahead of it: their race has an event log. */
export function logRequests(log: Logger): RequestHandler {
  const logged = pinoHttp({
    logger: log,
    genReqId: (_request, response) => String(response.getHeader('x-request-id')),
    customLogLevel: (_request, response, error) =>
      error || response.statusCode >= 500 ? 'error' : response.statusCode >= 400 ? 'info' : 'debug',
    serializers: {
      req: (request: { id: string; method: string; url: string }) => ({
        id: request.id,
        method: request.method,
        url: request.url,
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
  });
  return (request, response, next) =>
    NOT_LOGGED.test(request.path) ? next() : logged(request, response, next);
}
