import { randomBytes } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';
import {
  CROSS_SITE,
  FOREIGN_HOST,
  isCrossSite,
  isForApi,
  isNamed,
  isNavigation,
  mayBeCrossSite,
  UNTOLD_SITE,
} from './cross-site';

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

/** The headers that have a meaning on a small JSON response. */
export const plainHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('content-security-policy', "default-src 'none'");
  next();
};

export function nonceOf(response: Response): string {
  return String(response.locals.cspNonce ?? '');
}

/**
 * Refuses requests that a browser sends for a page of another site. Only links to pages pass: a list costs the database
 * something, and GET endpoints such as `api-test` even run a race.
 */
const refuseCrossSite: RequestHandler = (request, response, next) => {
  const isLink =
    (request.method === 'GET' || request.method === 'HEAD') &&
    isNavigation({ mode: request.get('sec-fetch-mode'), dest: request.get('sec-fetch-dest') }) &&
    !isForApi(request.url);
  const provenance = {
    site: request.get('sec-fetch-site'),
    origin: request.get('origin'),
    host: request.get('host'),
  };
  if (!isLink && isCrossSite(provenance)) return void response.status(403).json({ error: CROSS_SITE });
  const isTold = provenance.site !== undefined || provenance.origin !== undefined;
  const told = { referer: request.get('referer'), agent: request.get('user-agent'), host: provenance.host };
  if (isTold || !isForApi(request.url) || !mayBeCrossSite(request.url, told)) return next();
  response.status(403).json({ error: UNTOLD_SITE });
};

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Refuses malformed requests: methods that no route has, and targets and hosts that are not valid. A request that
 * passes has its target in one form, `/path?query` without dot segments, so that all later handlers read the same
 * address in it.
 */
const refuseMalformed: RequestHandler = (request, response, next) => {
  // no proxy in front of this server is trusted to name another host
  delete request.headers['x-forwarded-host'];
  if (!METHODS.includes(request.method)) {
    const error = { code: 'method-not-allowed', message: `${request.method} is not known here.` };
    return void response.status(405).set('allow', METHODS.join(', ')).json({ error });
  }
  const target = readTarget(request.url);
  if (!target) {
    const error = { code: 'bad-request', message: 'The request line has no address of this server.' };
    return void response.status(400).json({ error });
  }
  // two slashes at its start would be read as a host
  request.url = request.originalUrl = target.pathname.replace(/^\/+/, '/') + target.search;
  // a client that uses this server as a proxy names the host in the target, which takes precedence
  if (target.host !== BASE.host) request.headers.host = target.host;
  const host = request.get('host') ?? '';
  if (/^[\w.:[\]-]+$/.test(host) && URL.canParse(`http://${host}`)) return next();
  response.status(400).json({ error: { code: 'bad-host', message: 'The Host header names no host.' } });
};

/** The base for targets without a host; no server has this name. */
const BASE = new URL('http://target.invalid');

/** The target of a request line: `/path`, or `http://host/path` from clients that use a proxy. */
function readTarget(target: string): URL | undefined {
  const whole = target.startsWith('/') ? BASE.origin + target : target;
  return /^https?:\/\//i.test(whole) && URL.canParse(whole) ? new URL(whole) : undefined;
}

/** Refuses requests by a name that is not this server's. */
function refuseForeignHosts(names: ReadonlySet<string>): RequestHandler {
  return (request, response, next) => {
    if (isNamed(request.get('host'), names)) return next();
    response.status(403).json({ error: FOREIGN_HOST });
  };
}

/** The checks that every request passes first, in this order. */
export function guard(names: ReadonlySet<string>): RequestHandler[] {
  return [refuseMalformed, refuseForeignHosts(names), refuseCrossSite];
}

/** The forms of the pages are a few hundred bytes. */
const MAX_FORM_BYTES = 64 * 1024;
/** The server cuts off larger bodies instead of reading them to their end. */
const MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

/** Refuses bodies that no form of a page has. The API reads its own bodies and has its own refusals. */
export const limitForms: RequestHandler = (request, response, next) => {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (isForApi(request.originalUrl) || (length === undefined && encoding === undefined)) return next();
  if (length === undefined) {
    response.set('connection', 'close');
    return refuseForm(response, 411, 'length-required', 'Send a Content-Length.');
  }
  if (Number(length) <= MAX_FORM_BYTES) return next();
  // a connection that is closed in the middle of a body may lose the refusal
  if (Number(length) <= MAX_DISCARDED_BYTES) request.resume();
  else response.set('connection', 'close');
  return refuseForm(response, 413, 'too-large', `The form may have ${MAX_FORM_BYTES / 1024} KiB at most.`);
};

function refuseForm(response: Response, status: number, code: string, message: string): void {
  response.status(status).json({ error: { code, message } });
}
