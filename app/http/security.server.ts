import { randomBytes } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';
import { CROSS_SITE, FOREIGN_HOST, isCrossSite, isNamed } from '~/cross-site.server';

/** Gives each response a nonce for the inline scripts that Remix needs. */
export const setNonce: RequestHandler = (_request, response, next) => {
  response.locals.cspNonce = randomBytes(16).toString('base64');
  next();
};

/** Security headers. Development needs Vite's own inline scripts and its websocket, so it gets no CSP. */
export function securityHeaders({ development }: { development: boolean }): RequestHandler {
  return helmet({
    contentSecurityPolicy: development
      ? false
      : {
          directives: {
            'default-src': ["'self'"],
            'script-src': ["'self'", (_request, response) => `'nonce-${nonceOf(response as Response)}'`],
            // Recharts positions its parts with style attributes
            'style-src': ["'self'", "'unsafe-inline'"],
            'img-src': ["'self'", 'data:'],
            'connect-src': ["'self'", 'ws:', 'wss:'],
            // the server speaks plain HTTP on loopback
            'upgrade-insecure-requests': null,
          },
        },
    // without a referrer, forms that work before scripts do would send `Origin: null`
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: false,
  });
}

/** The headers that mean something on a small JSON answer. */
export const plainHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('content-security-policy', "default-src 'none'");
  next();
};

export function nonceOf(response: Response): string {
  return String(response.locals.cspNonce ?? '');
}

/**
 * Refuses requests that change something when a browser sends them for a page of another site. The two GET endpoints
 * with effects refuse it themselves: only the router knows for sure which address it took a request for.
 */
export const refuseCrossSite: RequestHandler = (request, response, next) => {
  const isSafe = request.method === 'GET' || request.method === 'HEAD';
  const provenance = {
    site: request.get('sec-fetch-site'),
    origin: request.get('origin'),
    host: request.get('host'),
  };
  if (isSafe || !isCrossSite(provenance)) return next();
  response.status(403).json({ error: CROSS_SITE });
};

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Refuses what no request can be made of: methods nobody handles, and hosts that are none. */
export const refuseMalformed: RequestHandler = (request, response, next) => {
  // nothing in front of this server is trusted to name another host
  delete request.headers['x-forwarded-host'];
  if (!METHODS.includes(request.method)) {
    const error = { code: 'method-not-allowed', message: `${request.method} is not known here.` };
    return void response.status(405).set('allow', METHODS.join(', ')).json({ error });
  }
  const host = request.get('host') ?? '';
  if (/^[\w.:[\]-]+$/.test(host) && URL.canParse(`http://${host}`)) return next();
  response.status(400).json({ error: { code: 'bad-host', message: 'The Host header names no host.' } });
};

/** Refuses requests by a name that is not this server's, if it has names of its own. */
export function refuseForeignHosts(names: ReadonlySet<string> | null): RequestHandler {
  return (request, response, next) => {
    if (isNamed(request.get('host'), names)) return next();
    response.status(403).json({ error: FOREIGN_HOST });
  };
}

/** The forms of the pages are a few hundred bytes. */
const MAX_FORM_BYTES = 64 * 1024;
/** What is larger is cut off instead of read to its end. */
const MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

/** Refuses bodies that no form of a page has. The API reads its own bodies, and refuses in its own words. */
export const limitForms: RequestHandler = (request, response, next) => {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (isForApi(request.originalUrl) || (length === undefined && encoding === undefined)) return next();
  if (length === undefined) {
    response.set('connection', 'close');
    return refuseForm(response, 411, 'length-required', 'Send a Content-Length.');
  }
  if (Number(length) <= MAX_FORM_BYTES) return next();
  // a connection that is closed in the middle of a body may take the refusal with it
  if (Number(length) <= MAX_DISCARDED_BYTES) request.resume();
  else response.set('connection', 'close');
  return refuseForm(response, 413, 'too-large', `The form may have ${MAX_FORM_BYTES / 1024} KiB at most.`);
};

/** As the router will read the address: `/api/../theme` is a form's. */
function isForApi(url: string): boolean {
  const base = 'http://any';
  return URL.canParse(url, base) && new URL(url, base).pathname.startsWith('/api/');
}

function refuseForm(response: Response, status: number, code: string, message: string): void {
  response.status(status).json({ error: { code, message } });
}
