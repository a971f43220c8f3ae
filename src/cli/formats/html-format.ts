import type { RaceReport } from '@/report/race-report';
import { importBuild } from '@/server/http/create-http';
import { buildFolder } from '@/services/process/program';

/**
 * The report as one HTML file. The build of the pages renders it, since it is the page of a race.
 *
 * @throws Error when the pages have not been built
 */
export async function writeHtml(report: RaceReport): Promise<string> {
  const build = await importBuild(buildFolder);
  const { renderHtmlReport } = build.entry.module as { renderHtmlReport?: (report: RaceReport) => string };
  if (!renderHtmlReport) throw new Error('the build of the pages renders no report');
  return renderHtmlReport(report);
}
