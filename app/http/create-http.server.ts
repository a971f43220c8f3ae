import path from 'node:path';
import { createRequestHandler } from '@remix-run/express';
import type { ServerBuild } from '@remix-run/node';
import compression from 'compression';
import express from 'express';
import type { Express, RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { ServerContext } from '~/load-context';
import { logRequests } from './request-log.server';
import { nonceOf, refuseCrossSite, securityHeaders, setNonce } from './security.server';

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

/** Express with everything in front of Remix: log, security headers, cross-site refusal, assets. */
export function createHttp({ build, vite, clientFolder, context, log }: HttpOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(logRequests(log), setNonce, securityHeaders({ development: vite !== undefined }), refuseCrossSite);
  if (vite) {
    app.use(vite);
  } else {
    const assets = path.join(clientFolder, 'assets');
    app.use('/assets', compression(), express.static(assets, { immutable: true, maxAge: '1y', fallthrough: false }));
    app.use(express.static(clientFolder, { maxAge: '1h', index: false }));
  }
  app.use(compressPages);
  app.all(
    '*',
    createRequestHandler({
      build,
      mode: vite ? 'development' : 'production',
      getLoadContext: (_request, response) => ({ ...context, cspNonce: nonceOf(response) }),
    }),
  );
  app.use(answerFailure(log));
  return app;
}

const compress = compression();

/** Purchases are a few hundred bytes and on the hot path. */
const compressPages: RequestHandler = (request, response, next) =>
  request.path.startsWith('/api/buy') ? next() : compress(request, response, next);

/** What Express itself refuses (a malformed URL, say), and whatever nobody caught. */
function answerFailure(log: Logger): express.ErrorRequestHandler {
  return (error: { status?: number; message?: string }, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = error.status && error.status >= 400 && error.status < 500 ? error.status : 500;
    if (status === 500) log.error({ error, url: request.url }, 'request failed');
    const code = status === 500 ? 'internal' : status === 404 ? 'not-found' : 'bad-request';
    const message =
      status === 500 ? 'The lab has a fault. It is in the log.' : (error.message ?? 'The request is malformed.');
    response.status(status).json({ error: { code, message } });
  };
}
