import type { ExportFormat } from '@/jobs/race/export-race';
import { isOver } from '@/model/job';
import type { RaceView } from '@/model/race';
import { exportQuery, toIssues } from '@/plan/input-schemas';
import type { ServerContext } from './load-context';
import { REPORT_FORMATS } from '@/report/formats/formats';
import { readCollision } from '@/report/collision';
import type { Collision } from '@/report/collision';
import { reportRace } from '@/report/race-report';
import type { RaceReport } from '@/report/race-report';
import { answerBadInput, answerError, answerRefusal, api } from './api-response';
import { readQuery } from './read-query';

interface ExportArgs {
  context: Pick<ServerContext, 'lab'> & {
    stream: (pieces: AsyncIterable<Uint8Array>) => ReadableStream<Uint8Array>;
  };
  params: { raceId?: string };
  request: Request;
}

const TYPES = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  edn: 'application/edn; charset=utf-8',
} as const;

/** The loader of an export: responds to a problem with a status, and otherwise streams the file. */
export function exportRoute(format: ExportFormat): (args: ExportArgs) => Promise<Response> {
  return ({ context, params, request }) =>
    api(async () => {
      const parsed = exportQuery.safeParse(readQuery(request));
      if (!parsed.success) return answerBadInput(toIssues(parsed.error));
      const exported = await context.lab.exportRace(params.raceId ?? '', format, parsed.data.lane);
      if (!exported.ok) return answerRefusal(exported);
      const { fileName, pieces } = exported.file;
      const headers = {
        'content-type': TYPES[format],
        'content-disposition': `attachment; filename="${fileName}"`,
        // not transformed: compression would buffer what this stream must wait for
        'cache-control': 'no-store, no-transform',
      };
      return new Response(request.method === 'HEAD' ? null : context.stream(pieces), { headers });
    });
}

interface DownloadArgs {
  context: Pick<ServerContext, 'lab' | 'version'>;
  params: { raceId?: string };
}

/** A file made of a race, in one piece. */
interface RaceFile {
  body: string;
  mediaType: string;
  extension: string;
}

/** The loader of a download that is made of a race that is over. */
export function downloadRoute(
  make: (race: RaceView, context: DownloadArgs['context']) => RaceFile | Promise<RaceFile>,
): (args: DownloadArgs) => Promise<Response> {
  return ({ context, params }) =>
    api(async () => {
      const id = params.raceId ?? '';
      const race = await context.lab.getRace(id);
      if (!race) return answerError(404, { code: 'unknown-race', message: `There is no race ${id}.` });
      if (!isOver(race.status))
        return answerError(409, {
          code: 'race-running',
          message: 'This race is not over yet. Export it when it is.',
        });
      const { body, mediaType, extension } = await make(race, context);
      const headers = {
        'content-type': mediaType,
        'content-disposition': `attachment; filename="oversell-race-${race.id}.${extension}"`,
        'cache-control': 'no-store',
      };
      return new Response(body, { headers });
    });
}

/** The loader of a report as the command line writes it: of every lane, whether it held. */
export function reportRoute(id: (typeof REPORT_FORMATS)[number]['id']): ReturnType<typeof downloadRoute> {
  return downloadRoute((race, { version }) => {
    const format = REPORT_FORMATS.find((one) => one.id === id);
    if (!format) throw new Error(`there is no format ${id}`);
    const { mediaType, extension } = format;
    return { body: format.write(reportOf(race, version)), mediaType, extension };
  });
}

/** The report of a race of which nothing else was demanded than that every lane holds. */
function reportOf(race: RaceView, version: string, collision: Collision | null = null): RaceReport {
  const demands = { expect: 'safe', invariants: [], thresholds: [] } as const;
  return reportRace(race, demands, `oversell ${version}`, collision);
}

/** The same with the attempts behind its first piece of evidence. */
export async function reportWithCollision(
  race: RaceView,
  { lab, version }: DownloadArgs['context'],
): Promise<RaceReport> {
  const collision = await readCollision(race, async (raceId, lane, n) => {
    const read = await lab.getAttempt(raceId, { lane, n });
    return read.ok ? read.attempt : null;
  });
  return reportOf(race, version, collision);
}
