import type { z } from 'zod';
import type { Lab } from '@/lab/lab';
import type { Result } from '@/lib/lab-error';
import type { JobHead, JobKindName } from '@/model/job';
import type { RaceOrigin } from '@/model/race';
import { raceListQuery } from '@/plan/race-query';
import { COMMAND_LINE_AGENT, pageQuery, toIssues } from '@/plan/input-schemas';
import { experimentUrl, explorationUrl, raceUrl } from '@/report/addresses';
import {
  answer,
  answerBadInput,
  answerError,
  answerRefusal,
  answerStarted,
  api,
  methodNotAllowed,
} from './api-response';
import { readJson } from './read-json';
import { readQuery } from './read-query';
import { experimentWithUrls, raceWithUrls, withUrl } from './with-urls';

/** What the API needs to know of one kind of job. */
interface Kind<Query> {
  name: JobKindName;
  /** The parameter of its routes that holds an id. */
  parameter: string;
  urlOf: (id: string) => string;
  /** The query of a list. */
  query: z.ZodType<Query>;
  /** The body of a list: a page of jobs and the cursor of the next one. */
  list: (lab: Lab, query: Query) => Promise<Result<{ page: object }>>;
  start: (lab: Lab, input: unknown, origin: RaceOrigin) => Promise<Result<{ id: string }>>;
  /** A job as its page of the API shows it; null for an unknown id. */
  get: (lab: Lab, id: string) => Promise<object | null>;
  stop: (lab: Lab, id: string) => Promise<Result>;
  /** The response about a job that was stopped. */
  state: (lab: Lab, id: string) => Promise<object>;
  remove: (lab: Lab, id: string) => Promise<Result>;
}

const statusOf = (job: Pick<JobHead, 'status'> | null) => ({ status: job?.status });

const race: Kind<z.infer<typeof raceListQuery>> = {
  name: 'race',
  parameter: 'raceId',
  urlOf: raceUrl,
  query: raceListQuery,
  list: async (lab, { limit, cursor, ...filter }) => {
    const page = await lab.listRaces({ limit, cursor, filter });
    if (!page.ok) return page;
    return { ok: true, page: { races: page.races.map(raceWithUrls), nextCursor: page.nextCursor } };
  },
  start: (lab, input, origin) => lab.startRace(input, { origin }),
  get: async (lab, id) => {
    const found = await lab.getRace(id);
    return found && raceWithUrls(found);
  },
  stop: (lab, id) => lab.stopRace(id, 'next'),
  state: async (lab, id) => ({
    ...statusOf(await lab.getRaceState(id)),
    inFlight: lab.snapshots(id).reduce((sum, lane) => sum + lane.inFlight, 0),
  }),
  remove: (lab, id) => lab.deleteRace(id),
};

const experiment: Kind<z.infer<typeof pageQuery>> = {
  name: 'experiment',
  parameter: 'experimentId',
  urlOf: experimentUrl,
  query: pageQuery,
  list: async (lab, query) => {
    const page = await lab.listExperiments(query);
    if (!page.ok) return page;
    const experiments = page.experiments.map((one) => withUrl(one, experimentUrl(one.id)));
    return { ok: true, page: { experiments, nextCursor: page.nextCursor } };
  },
  start: (lab, input, origin) => lab.startExperiment(input, { origin }),
  get: async (lab, id) => {
    const found = await lab.getExperiment(id);
    return found && experimentWithUrls(found);
  },
  stop: (lab, id) => lab.stopExperiment(id, 'next'),
  state: async (lab, id) => statusOf(await lab.getExperiment(id)),
  remove: (lab, id) => lab.deleteExperiment(id),
};

const exploration: Kind<z.infer<typeof pageQuery>> = {
  name: 'exploration',
  parameter: 'explorationId',
  urlOf: explorationUrl,
  query: pageQuery,
  list: async (lab, query) => {
    const page = await lab.listExplorations(query);
    if (!page.ok) return page;
    const explorations = page.explorations.map((one) => withUrl(one, explorationUrl(one.id)));
    return { ok: true, page: { explorations, nextCursor: page.nextCursor } };
  },
  start: (lab, input) => lab.startExploration(input),
  get: async (lab, id) => {
    const found = await lab.getExploration(id);
    return found && withUrl(found, explorationUrl(id));
  },
  stop: (lab, id) => lab.stopExploration(id),
  state: async (lab, id) => statusOf(await lab.getExploration(id)),
  remove: (lab, id) => lab.deleteExploration(id),
};

/** The part that these handlers need of what the framework passes to a route's handlers. */
interface RouteArgs {
  context: { lab: Lab };
  params: Readonly<Record<string, string | undefined>>;
  request: Request;
}

/** What a route module exports: `loader` handles GET, `action` everything else. */
interface Route {
  loader: (args: RouteArgs) => Promise<Response> | Response;
  action: (args: RouteArgs) => Promise<Response>;
}

/** `GET`: a page of the jobs of a kind, newest first. `POST`: queues one. */
function listRoute<Query>(kind: Kind<Query>): Route {
  return {
    loader: ({ context, request }) =>
      api(async () => {
        const parsed = kind.query.safeParse(readQuery(request));
        if (!parsed.success) return answerBadInput(toIssues(parsed.error));
        const listed = await kind.list(context.lab, parsed.data);
        return listed.ok ? answer(listed.page) : answerRefusal(listed);
      }),
    action: ({ context, request }) =>
      api(async () => {
        if (request.method !== 'POST') return methodNotAllowed('GET', 'POST');
        const json = await readJson(request);
        if (!json.ok) return json.response;
        const started = await kind.start(context.lab, json.value, originOf(request));
        return started.ok ? answerStarted(started.id, kind.urlOf(started.id)) : answerRefusal(started);
      }),
  };
}

/** The command line names itself when it uses a running server. */
function originOf({ headers }: Request): RaceOrigin {
  return headers.get('user-agent')?.startsWith(COMMAND_LINE_AGENT) ? 'command-line' : 'api';
}

/** `GET`: one job. `DELETE`: deletes one that is over, with everything that belongs to it. */
function jobRoute<Query>(kind: Kind<Query>): Route {
  const idOf = (params: RouteArgs['params']) => params[kind.parameter] ?? '';
  return {
    loader: ({ context, params }) =>
      api(async () => {
        const id = idOf(params);
        const job = await kind.get(context.lab, id);
        if (job) return answer(job);
        const message = `There is no ${kind.name} ${id}.`;
        return answerError(404, { code: `unknown-${kind.name}`, message });
      }),
    action: ({ context, params, request }) =>
      api(async () => {
        if (request.method !== 'DELETE') return methodNotAllowed('GET', 'DELETE');
        const removed = await kind.remove(context.lab, idOf(params));
        return removed.ok ? new Response(null, { status: 204 }) : answerRefusal(removed);
      }),
  };
}

/** `POST`: stops a job; one that is over stays as it is. */
function stopRoute<Query>(kind: Kind<Query>): Route {
  return {
    loader: () => methodNotAllowed('POST'),
    action: ({ context, params, request }) =>
      api(async () => {
        if (request.method !== 'POST') return methodNotAllowed('POST');
        const id = params[kind.parameter] ?? '';
        const stopped = await kind.stop(context.lab, id);
        if (!stopped.ok) return answerRefusal(stopped);
        const state = await kind.state(context.lab, id);
        return answer({ id, url: kind.urlOf(id), ...state }, { status: 202 });
      }),
  };
}

/** The routes that all kinds of jobs have: their list, one of them, and its stop. */
function routesOf<Query>(kind: Kind<Query>): { list: Route; job: Route; stop: Route } {
  return { list: listRoute(kind), job: jobRoute(kind), stop: stopRoute(kind) };
}

export const raceRoutes = routesOf(race);
export const experimentRoutes = routesOf(experiment);
export const explorationRoutes = routesOf(exploration);
