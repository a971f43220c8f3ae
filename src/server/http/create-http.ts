import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRequestHandler } from '@remix-run/express';
import type { ServerBuild } from '@remix-run/node';
import compression from 'compression';
import express from 'express';
import type { Express, Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import type { PurchaseService } from '@/scenarios/inventory/purchase/purchase-service';
import type { Metrics } from '../metrics/metrics';
import { namesOf } from './cross-site';
import type { ServerContext } from './load-context';
import { paceBy } from './paced-stream';
import { guard, limitForms, nonceOf, plainHeaders, securityHeaders, setNonce } from './security';

export interface HttpOptions {
  /** The Remix build, or a function that gives the newest one in development. */
  build: ServerBuild | (() => Promise<ServerBuild>);
  /** Vite in middleware mode; only in development. */
  vite?: RequestHandler;
  /** Folder of the client build. */
  clientFolder: string;
  context: ServerContext;
  metrics?: Metrics;
  /** The names by which the server may be called. */
  names: ReadonlySet<string>;
  log: Logger;
}

/**
 * Express with everything in front of Remix: log, security headers, cross-site refusal, assets. Purchases skip what
 * only pages need, and reach the same Remix routes.
 */
export function createHttp(options: HttpOptions): Express {
  const { build, vite, clientFolder, context, metrics, names, log } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const mode = vite ? 'development' : 'production';
  const getLoadContext = (_request: Request, response: Response) => ({
    ...context,
    cspNonce: nonceOf(response),
    stream: paceBy(response),
  });

  app.use(setRequestId, guard(names));
  if (typeof build !== 'function') {
    app.all(/^\/api\/buy/, plainHeaders, serveRemix({ build: onlyPurchases(build), mode, getLoadContext }));
  }
  if (metrics) {
    app.use(metrics.countRequest);
    app.all('/metrics', plainHeaders, serveMetrics(metrics));
  }
  app.use(logRequests(log), setNonce, securityHeaders({ development: vite !== undefined }), limitForms);
  if (vite) {
    app.use(vite);
  } else {
    const assets = path.join(clientFolder, 'assets');
    app.use(
      '/assets',
      compression(),
      express.static(assets, { immutable: true, maxAge: '1y', fallthrough: false }),
    );
    app.use(express.static(clientFolder, { maxAge: '1h', index: false }));
  }
  app.use(compression());
  app.all('*', serveRemix({ build, mode, getLoadContext }));
  app.use(answerFailure(log));
  return app;
}

export interface PurchaseHttpOptions extends Pick<HttpOptions, 'log'> {
  build: ServerBuild;
  purchaseService: PurchaseService;
  reportError: ServerContext['reportError'];
}

/** Express with only the purchase routes, behind the same guards and through the same Remix as in `createHttp`. */
export function createPurchaseHttp({
  build,
  purchaseService,
  reportError,
  log,
}: PurchaseHttpOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const getLoadContext = (_request: Request, response: Response) => ({
    get lab(): never {
      throw new Error('this process serves purchases and has no lab');
    },
    get checks(): never {
      throw new Error('this process serves purchases and keeps no checks');
    },
    checkHealth: () => Promise.reject(new Error('this process serves purchases and checks nothing')),
    version: '',
    purchaseService,
    reportError,
    cspNonce: nonceOf(response),
    stream: paceBy(response),
  });
  const purchases = serveRemix({ build: onlyPurchases(build), mode: 'production', getLoadContext });
  app.use(setRequestId, guard(namesOf('127.0.0.1')));
  app.all(/^\/api\/buy/, plainHeaders, purchases);
  app.use(answerFailure(log));
  return app;
}

/** The pages have not been built. The message says how to build them. */
export class BuildMissingError extends Error {
  override readonly name = 'BuildMissingError';
}

/**
 * The server side of the pages, from the folder that `npm run build` has made.
 *
 * @throws BuildMissingError
 */
export async function importBuild(folder: string): Promise<ServerBuild> {
  const file = path.join(folder, 'server/index.js');
  if (!existsSync(file))
    throw new BuildMissingError(`There is no ${file}: npm run build makes it; a package has it.`);
  return (await import(pathToFileURL(file).href)) as ServerBuild;
}

/** Answers in the text format of Prometheus, without Remix and without a database. */
function serveMetrics({ contentType, read }: Metrics): RequestHandler {
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const error = { code: 'method-not-allowed', message: 'Use GET.' };
      return void response.status(405).set('allow', 'GET').json({ error });
    }
    read().then((text) => response.set('content-type', contentType).end(text), next);
  };
}

/** Remix as an Express handler; it hands its own failures to `next`. */
function serveRemix(options: Parameters<typeof createRequestHandler>[0]): RequestHandler {
  const handle = createRequestHandler(options);
  return (request, response, next) => void handle(request, response, next);
}

/**
 * The build with only the routes below /api/buy. Remix ranks all its routes twice for each request, which with every
 * page and endpoint in the table is 14 % of a purchase.
 */
function onlyPurchases(build: ServerBuild): ServerBuild {
  const routes = Object.entries(build.routes).filter(
    ([id, route]) => id === 'root' || route.path?.startsWith('api/buy') || id === 'routes/api.$',
  );
  return { ...build, routes: Object.fromEntries(routes) };
}

/** Responds to what Express itself refuses (a malformed URL, say), and to uncaught errors. */
function answerFailure(log: Logger): express.ErrorRequestHandler {
  // Express recognises an error handler by its four parameters
  return (error: { status?: number }, request, response, _next) => {
    if (response.headersSent) {
      // too late for a status: breaking the response off keeps the client from taking it for complete
      log.error({ error, url: request.url }, 'answer broken off');
      return void response.destroy();
    }
    const status = error.status && error.status >= 400 && error.status < 500 ? error.status : 500;
    if (status === 500) log.error({ error, url: request.url }, 'request failed');
    const code = status === 500 ? 'internal' : status === 404 ? 'not-found' : 'bad-request';
    const message =
      status === 500
        ? 'The lab has a fault. It is in the log.'
        : status === 404
          ? `There is nothing at ${request.path}.`
          : 'The request is malformed.';
    response.status(status).json({ error: { code, message } });
  };
}

/** Requests for assets are not logged. */
const NOT_LOGGED = /^\/(?:assets\/|favicon)/;

/** Gives every request an id, and returns it as `x-request-id`. */
const setRequestId: RequestHandler = (_request, response, next) => {
  response.setHeader('x-request-id', randomUUID());
  next();
};

/** Logs every request except those for assets, and purchases, which skip it: their race has an event log. */
function logRequests(log: Logger): RequestHandler {
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
