import type { RaceReport } from '../race-report';
import { toCsv } from './csv';
import { toJunit } from './junit';
import { toMarkdown } from './markdown';

/** A form in which a report is written to a file. */
export interface ReportFormat {
  id: string;
  /** How the names of such files end, without the dot. */
  extension: string;
  mediaType: string;
  write: (report: RaceReport) => string;
}

/** The forms in which the command line and the API write a report. HTML is rendered by the pages' build. */
export const REPORT_FORMATS = [
  {
    id: 'json',
    extension: 'json',
    mediaType: 'application/json',
    write: (report) => `${JSON.stringify(report, null, 2)}\n`,
  },
  { id: 'csv', extension: 'csv', mediaType: 'text/csv; charset=utf-8; header=present', write: toCsv },
  { id: 'junit', extension: 'xml', mediaType: 'application/xml; charset=utf-8', write: toJunit },
  { id: 'markdown', extension: 'md', mediaType: 'text/markdown; charset=utf-8', write: toMarkdown },
] as const satisfies readonly ReportFormat[];
