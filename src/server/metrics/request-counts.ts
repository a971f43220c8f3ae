import type { RequestHandler } from 'express';

/** The part of a Remix build that says where its routes are. */
export type Routes = Readonly<
  Record<string, { id: string; parentId?: string; path?: string; index?: boolean } | undefined>
>;

interface RequestLabels {
  route: string;
  method: string;
  status: number;
}

/** A route's pattern, such as `/api/races/:raceId`, and what fits it. */
interface Pattern {
  route: string;
  matches: RegExp;
}

/** nginx's status for a client that went away before it had an answer. */
const CLIENT_GONE = 499;

/** What fits no route. One label for all of it, since anyone can invent addresses. */
const UNKNOWN = 'unknown';

/** Counts requests by route, method and status. */
export class RequestCounts {
  private readonly counts = new Map<string, [RequestLabels, number]>();
  private readonly patterns: readonly Pattern[];

  constructor(routes: Routes) {
    this.patterns = listPatterns(routes);
  }

  /** An Express middleware that counts each request when its response has been sent, or its client is gone. */
  readonly handler: RequestHandler = (request, response, next) => {
    const { method, path } = request;
    response.once('close', () => {
      const status = response.headersSent ? response.statusCode : CLIENT_GONE;
      const labels = { route: this.routeOf(path), method, status };
      const key = Object.values(labels).join(' ');
      const entry = this.counts.get(key);
      if (entry) entry[1] += 1;
      else this.counts.set(key, [labels, 1]);
    });
    next();
  };

  read(): [labels: RequestLabels, count: number][] {
    return [...this.counts.values()];
  }

  private routeOf(path: string): string {
    return this.patterns.find(({ matches }) => matches.test(path))?.route ?? UNKNOWN;
  }
}

/** The routes without a splat; those with the fewest parameters come first, since `/races/new` also fits `/races/:id`. */
function listPatterns(routes: Routes): Pattern[] {
  const paths = Object.values(routes).flatMap((route) => {
    const path = pathOf(route?.id, routes);
    return path === undefined || path.includes('*') ? [] : [path];
  });
  const parameters = (path: string) => path.split('/:').length;
  return [...new Set([...paths, '/metrics'])]
    .sort((a, b) => parameters(a) - parameters(b))
    .map((route) => ({
      route,
      matches: new RegExp(`^${route.replaceAll('.', '\\.').replace(/:[^/]+/g, '[^/]+')}/?$`, 'i'),
    }));
}

/** The whole path of a route; undefined for one that only lays out others. */
function pathOf(id: string | undefined, routes: Routes): string | undefined {
  const route = id === undefined ? undefined : routes[id];
  if (!route) return '';
  const parent = pathOf(route.parentId, routes) ?? '';
  if (!route.path) return route.index && parent === '' ? '/' : parent || undefined;
  return `${parent}/${route.path}`;
}
