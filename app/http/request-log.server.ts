import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

/** Purchases come by the thousand and each is in its race's event log; assets say nothing. */
const NOT_LOGGED = /^\/(?:api\/buy|assets\/|favicon)/;

/** Gives every request an id, answers it as `x-request-id`, and logs those that matter. */
export function logRequests(log: Logger): RequestHandler[] {
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
  return [
    (_request, response, next) => {
      response.setHeader('x-request-id', randomUUID());
      next();
    },
    (request, response, next) => (NOT_LOGGED.test(request.path) ? next() : logged(request, response, next)),
  ];
}
