import { networkInterfaces } from 'node:os';

/** The headers by which browsers say where a request comes from. */
export interface Provenance {
  site: string | null | undefined;
  origin: string | null | undefined;
  host: string | null | undefined;
}

/** Whether a browser sends this request for a page of another site. Other programs send no such headers, and pass. */
export function isCrossSite({ site, origin, host }: Provenance): boolean {
  // another port of this machine is same-site, but still another application
  if (site && site !== 'same-origin' && site !== 'none') return true;
  if (origin === null || origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

/** What else tells where a request comes from, where a browser says nothing of its site. */
export interface Untold {
  referer: string | undefined;
  agent: string | undefined;
  host: string | undefined;
}

/**
 * Whether a request for a program may be that of a browser for a page of another site, although it names none. Browsers
 * tell the site of a request only to addresses that they trust: https, and this machine's own. The request that an `<img>`
 * sends to `http://lab.test` looks like one of a program. Only the browser's name gives it away, and a `Referer` if it has one.
 */
export function mayBeCrossSite(url: string, { referer, agent, host }: Untold): boolean {
  // where the browser would have told it, a program asks
  if (isLoopback(new URL(`http://${host ?? ''}`).hostname.replace(/^\[|\]$/g, ''))) return false;
  if (referer !== undefined) return !URL.canParse(referer) || new URL(referer).host !== host;
  return hasEffects(url) && /^Mozilla\//.test(agent ?? '');
}

/** GET endpoints that change something. */
const WITH_EFFECTS = /^(?:api-test|create-inventory-key|isolation)(?:\.data)?$/i;

function hasEffects(url: string): boolean {
  const [, second = ''] = partsOf(url);
  return WITH_EFFECTS.test(second);
}

export const UNTOLD_SITE = {
  code: 'cross-site',
  message:
    'The browser does not say which page asks for this: it tells that to https addresses and to this machine’s own only. Open it at localhost, or call it from a program.',
};

export const CROSS_SITE = {
  code: 'cross-site',
  message: 'A page of another site may not do this. Call it from this site or from a program.',
};

/** Whether a browser asks for this as the next page of a tab: because of a link on another site, for instance. */
export function isNavigation(headers: {
  mode: string | null | undefined;
  dest: string | null | undefined;
}): boolean {
  return headers.mode === 'navigate' && headers.dest === 'document';
}

/** Whether an address and its query are for programs, however it is encoded. Reads it in the same way as the router. */
export function isForApi(url: string): boolean {
  const [first = ''] = partsOf(url);
  return FOR_PROGRAMS.includes(first.toLowerCase());
}

/** The parts of an address, as the router reads them; none of one that is wrongly encoded, which it refuses. */
function partsOf(url: string): string[] {
  try {
    return new URL(url, 'http://any').pathname.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return [];
  }
}

/** The first parts of addresses that no page links to. */
const FOR_PROGRAMS = ['api', 'metrics'];

/** Whether an address means any interface of this machine. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Whether only programs on this machine reach a server that listens there. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1)$/.test(host);
}

/**
 * The names by which a server may be called: those of loopback, the one that it listens on, this machine's addresses
 * where it listens beyond loopback, and those that the settings allow. A foreign page can point its own name to this
 * machine after it was loaded (DNS rebinding), and then counts as the same site.
 */
export function namesOf(host: string, allowed: readonly string[] = []): ReadonlySet<string> {
  const addresses = isLoopback(host)
    ? []
    : Object.values(networkInterfaces()).flatMap((found = []) => found.map(({ address }) => address));
  const own = isWildcard(host) ? [] : [host];
  return new Set(['localhost', '127.0.0.1', '::1', ...own, ...addresses, ...allowed].map(toHostname));
}

/** As a URL writes it: in lower case, and IPv6 in brackets. */
function toHostname(name: string): string {
  const bare = name.replace(/^\[|\]$/g, '');
  return bare.includes(':') ? `[${bare.toLowerCase()}]` : bare.toLowerCase();
}

/** Whether a `Host` header names one of them. */
export function isNamed(host: string | undefined, names: ReadonlySet<string>): boolean {
  const url = `http://${host ?? ''}`;
  return URL.canParse(url) && names.has(new URL(url).hostname);
}

export const FOREIGN_HOST = {
  code: 'foreign-host',
  message:
    'This server is not called by that name. Use the address that it printed when it started, or add the name to ALLOWED_HOSTS.',
};
