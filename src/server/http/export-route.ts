import type { ExportFormat } from '@/jobs/race/export-race';
import { exportQuery, toIssues } from '@/plan/requests';
import type { ServerContext } from './load-context';
import { answerBadInput, answerRefusal, api } from './api-response';

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
      const parsed = exportQuery.safeParse(Object.fromEntries(new URL(request.url).searchParams));
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
