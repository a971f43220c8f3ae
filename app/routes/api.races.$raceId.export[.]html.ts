import { methodNotAllowed } from '@/server/http/api-response';
import { downloadRoute, reportOf } from '@/server/http/export-route';
import type { RaceReport } from '@/report/race-report';
import { renderHtmlReport } from '~/features/race/html-report.server';
import css from '~/styles.css?inline';

/** One HTML file that needs no network. */
export const loader = downloadRoute((race, version) => ({
  body: writeReport(reportOf(race, version)),
  mediaType: 'text/html; charset=utf-8',
  extension: 'html',
}));

/** The command line has no pages, so it takes theirs from here (src/cli/html-format.ts). */
export function writeReport(report: RaceReport): string {
  return renderHtmlReport(report, { css, origin: null });
}

export const action = (): Response => methodNotAllowed('GET');
