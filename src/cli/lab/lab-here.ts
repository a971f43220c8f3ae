import { createServer } from 'node:http';
import type { LabLog } from '@/lib/lab-log';
import type { Result } from '@/lib/lab-error';
import { openLab } from '@/lab/open-lab';
import { createPurchaseHttp, importBuild } from '@/server/http/create-http';
import { listen } from '@/server/http/listen';
import type { Env } from '@/services/env';
import { createLog } from '@/services/log';
import { buildFolder } from '@/services/process/program';
import { RefusedError } from './command-lab';
import type { CommandLab, JobViews } from './command-lab';

/** Often enough for the progress bar, and rarely enough to cost the race nothing. */
const LOOK_EVERY_MS = 250;

/**
 * Opens a lab in this process, with PostgreSQL and Redis of the environment or embedded ones, and serves purchases on a
 * free loopback port for races over HTTP.
 *
 * @param say receives the progress of slow phases, one line each
 * @throws what `openLab` throws
 */
export async function openLabHere(env: Env, say: (message: string) => void): Promise<CommandLab> {
  const log = createLog(
    { ...env, logLevel: env.logLevel === 'info' ? 'error' : env.logLevel },
    process.stderr,
  );
  const opened = await openLab(env, { log: log satisfies LabLog, say });
  const { lab, purchaseService, version } = opened;
  const http = createServer();
  const close = async () => {
    http.closeAllConnections();
    http.close();
    await opened.close();
  };
  try {
    const build = await importBuild(buildFolder);
    const reportError = (error: unknown) => log.error({ error }, 'a purchase failed');
    http.on('request', createPurchaseHttp({ build, purchaseService, reportError, log }));
    opened.setOrigin(await listen(http, { host: '127.0.0.1', port: 0 }));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    strategies: lab.strategies,
    writtenBy: `oversell ${version}`,
    lookEveryMs: LOOK_EVERY_MS,
    start: async (kind, request) => {
      const started = {
        race: () => lab.startRace(request, { origin: 'command-line' }),
        experiment: () => lab.startExperiment(request, { origin: 'command-line' }),
        exploration: () => lab.startExploration(request),
      }[kind];
      return orThrow(await started()).id;
    },
    read: async <Kind extends keyof JobViews>(kind: Kind, id: string) => {
      const read: { [K in keyof JobViews]: () => Promise<JobViews[K] | null> } = {
        race: () => lab.getRace(id),
        experiment: () => lab.getExperiment(id),
        exploration: () => lab.getExploration(id),
      };
      const view = await read[kind]();
      if (!view) throw new Error(`The lab has forgotten ${kind} ${id}.`);
      return view;
    },
    stop: async (kind, id, how) => {
      const stop = {
        race: () => lab.stopRace(id, how),
        experiment: () => lab.stopExperiment(id, how),
        exploration: () => lab.stopExploration(id),
      }[kind];
      orThrow(await stop());
    },
    readHistory: async (raceId) => orThrow(await lab.exportRace(raceId, 'ndjson')).file.pieces,
    readAttempt: async (raceId, lane, n) => {
      const read = await lab.getAttempt(raceId, { lane, n });
      return read.ok ? read.attempt : null;
    },
    pageOf: () => null,
    close,
  };
}

function orThrow<T>(result: Result<T>): T {
  if (!result.ok)
    throw new RefusedError(result.error, result.kind === 'unavailable' || result.kind === 'limit');
  return result;
}
