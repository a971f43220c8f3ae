import type { CheckResult } from '@/model/app-check';
import type { RaceReport } from '@/report/race-report';
import { importBuild } from '@/server/http/create-http';
import { buildFolder } from '@/services/process/program';

/** What the build of the pages renders. */
interface Renderers {
  renderHtmlReport: (report: RaceReport) => string;
  renderCheckReport: (result: CheckResult) => string;
}

/**
 * The report of a race as one HTML file. The build of the pages renders it, since it is the page of a race.
 *
 * @throws Error when the pages have not been built
 */
export async function writeHtml(report: RaceReport): Promise<string> {
  return (await renderer('renderHtmlReport'))(report);
}

/**
 * The result of a check as one HTML file.
 *
 * @throws Error when the pages have not been built
 */
export async function writeCheckHtml(result: CheckResult): Promise<string> {
  return (await renderer('renderCheckReport'))(result);
}

async function renderer<Name extends keyof Renderers>(name: Name): Promise<Renderers[Name]> {
  const build = await importBuild(buildFolder);
  const render = (build.entry.module as Partial<Renderers>)[name];
  if (!render) throw new Error('the build of the pages renders no report');
  return render;
}
