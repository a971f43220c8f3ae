import path from 'node:path';
import { createRequestHandler } from '@remix-run/express';
import type { ServerBuild } from '@remix-run/node';
import compression from 'compression';
import express from 'express';
import type { Express, Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { ServerContext } from '~/load-context';
import { logRequests, setRequestId } from './request-log.server';
import {
  limitForms,
  nonceOf,
  plainHeaders,
  refuseCrossSite,
  refuseMalformed,
  securityHeaders,
  setNonce,
} from './security.server';

export interface HttpOptions {
  /** The Remix build, or a function that gives the newest one in development. */
  build: ServerBuild | (() => Promise<ServerBuild>);
  /** Vite in middleware mode; only in development. */
  vite?: RequestHandler;
  /** Folder of the client build. */
  clientFolder: string;
  context: ServerContext;
  log: Logger;
}

/**
 * Express with everything in front of Remix: log, security headers, cross-site refusal, assets. Purchases pass
 * ahead of what only pages need, to the same Remix routes.
 */
export function createHttp({ build, vite, clientFolder, context, log }: HttpOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const mode = vite ? 'development' : 'production';
  const getLoadContext = (_request: Request, response: Response) => ({
    ...context,
    cspNonce: nonceOf(response),
  });

  app.use(setRequestId, refuseMalformed, refuseCrossSite);
  if (typeof build !== 'function') {
    app.all(/^\/api\/buy/, plainHeaders, serveRemix({ build: onlyPurchases(build), mode, getLoadContext }));
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

/** Remix as an Express handler; it hands its own failures to `next`. */
function serveRemix(options: Parameters<typeof createRequestHandler>[0]): RequestHandler {
  const handle = createRequestHandler(options);
  return (request, response, next) => void handle(request, response, next);
}

/**
 * The build with the routes below /api/buy alone. Remix ranks all its routes twice for each request, which with
 * every page and endpoint in the table is 14 % of a purchase.
 */
function onlyPurchases(build: ServerBuild): ServerBuild {
  const routes = Object.entries(build.routes).filter(
    ([id, route]) => id === 'root' || route.path?.startsWith('api/buy') || id === 'routes/api.$',
  );
  return { ...build, routes: Object.fromEntries(routes) };
}

/** What Express itself refuses (a malformed URL, say), and whatever nobody caught. */
function answerFailure(log: Logger): express.ErrorRequestHandler {
  return (error: { status?: number }, request, response, next) => {
    if (response.headersSent) return next(error);
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
