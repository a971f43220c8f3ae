/** The headers by which browsers say where a request comes from. */
export interface Provenance {
  site: string | null | undefined;
  origin: string | null | undefined;
  host: string | null | undefined;
}

/** Whether a browser sends this for a page of another site. Programs that are not browsers say nothing, and pass. */
export function isCrossSite({ site, origin, host }: Provenance): boolean {
  // another port of this machine is same-site and still another application
  if (site && site !== 'same-origin' && site !== 'none') return true;
  if (origin === null || origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

export const CROSS_SITE = {
  code: 'cross-site',
  message: 'A page of another site may not do this. Call it from this site or from a program.',
};

/**
 * The names by which a server that listens on loopback is called, or null where any may be meant. A page elsewhere can
 * have its own name point to this machine once it is loaded (DNS rebinding), and is of the same site then.
 */
export function namesOf(host: string): ReadonlySet<string> | null {
  const isLoopback = /^(localhost|127(\.\d+){3}|::1)$/.test(host);
  return isLoopback ? new Set(['localhost', '127.0.0.1', '[::1]', host]) : null;
}

/** Whether a `Host` header names one of them. */
export function isNamed(host: string | undefined, names: ReadonlySet<string> | null): boolean {
  if (names === null) return true;
  const url = `http://${host ?? ''}`;
  return URL.canParse(url) && names.has(new URL(url).hostname);
}

export const FOREIGN_HOST = {
  code: 'foreign-host',
  message: 'This server is called by another name. Use the address that it printed when it started.',
};
