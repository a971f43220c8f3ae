import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** GET endpoints that change something; they are GET because the API's author named them so. */
const GETS_WITH_EFFECTS = new Set(['/api/api-test', '/api/create-inventory-key']);

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
 * Refuses requests that change something when a browser sends them for another site. Programs that are not browsers
 * send neither header and pass.
 */
export const refuseCrossSite: RequestHandler = (request, response, next) => {
  const isSafe = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
  const hasEffect = !isSafe || GETS_WITH_EFFECTS.has(request.path.replace(/\/+$/, '').toLowerCase());
  if (!hasEffect || !isCrossSite(request)) return next();
  response.status(403).json({
    error: {
      code: 'cross-site',
      message: 'A page of another site may not do this. Call it from this site or from a program.',
    },
  });
};

function isCrossSite(request: Request): boolean {
  const site = request.get('sec-fetch-site');
  // another port of this machine is same-site and still another application
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const origin = request.get('origin');
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== request.get('host');
}

/** The forms of the pages are a few hundred bytes. */
const MAX_FORM_BYTES = 64 * 1024;

/** Refuses bodies that no form of a page has. The API reads its own bodies, and refuses in its own words. */
export const limitForms: RequestHandler = (request, response, next) => {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (request.path.startsWith('/api/') || (length === undefined && encoding === undefined)) return next();
  if (length === undefined) return refuseForm(response, 411, 'length-required', 'Send a Content-Length.');
  if (Number(length) <= MAX_FORM_BYTES) return next();
  return refuseForm(response, 413, 'too-large', `The form may have ${MAX_FORM_BYTES / 1024} KiB at most.`);
};

function refuseForm(response: Response, status: number, code: string, message: string): void {
  response.status(status).set('connection', 'close').json({ error: { code, message } });
}
