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
