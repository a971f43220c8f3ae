import { pipeline } from 'node:stream/promises';
import { Option } from 'commander';
import { REPORT_FORMATS } from '@/report/formats/formats';
import { REPORT_VERSION } from '@/report/race-report';
import type { RaceReport } from '@/report/race-report';
import { UsageError } from './command-io';
import { writeHtml } from './html-format';
import type { CommandIo } from './command-io';

/** The history itself, which is written as it is read. */
const HISTORY = 'ndjson';
const HTML = 'html';
/** What `--output` can write. */
export const OUTPUT_FORMATS: readonly string[] = [...REPORT_FORMATS.map(({ id }) => id), HTML, HISTORY];
/** A report of 40 lanes has some 3 MB. */
const LARGEST_REPORT_BYTES = 64 * 1024 * 1024;

export function outputOption(): Option {
  return new Option(
    '-o, --output <format=file>',
    `write a report: ${OUTPUT_FORMATS.join(', ')}; - is the output; repeatable`,
  ).argParser((text, others: string[] | undefined) => [...(others ?? []), text]);
}

/** Where reports go, and where earlier ones are read. */
export interface ReportFiles {
  /**
   * Writes every report, and returns what could not be written, one line each: one that fails keeps no other from being
   * written.
   */
  write: (report: RaceReport, readHistory: () => Promise<AsyncIterable<Uint8Array>>) => Promise<string[]>;
}

/**
 * Reads the `--output` flags.
 *
 * @throws UsageError for an unknown format, and for a file that cannot be written, before anything runs
 */
export async function openReportFiles(texts: unknown, io: CommandIo): Promise<ReportFiles> {
  const outputs = ((texts ?? []) as string[]).map(readOutput);
  for (const { file } of outputs) {
    await io.mayWrite(file).catch((error: unknown) => {
      throw new UsageError(`--output: ${file} cannot be written: ${messageOf(error)}`);
    });
  }
  return {
    write: async (report, readHistory) => {
      const failures: string[] = [];
      for (const { format, file } of outputs) {
        try {
          const content = format === HISTORY ? await readHistory() : [await render(report, format)];
          await pipeline(content, io.create(file));
        } catch (error) {
          failures.push(`The report ${file} could not be written: ${messageOf(error)}`);
        }
      }
      return failures;
    },
  };
}

async function render(report: RaceReport, format: string): Promise<string> {
  const known = REPORT_FORMATS.find(({ id }) => id === format);
  return known ? known.write(report) : writeHtml(report);
}

function readOutput(text: string): { format: string; file: string } {
  const [format = '', ...rest] = text.split('=');
  const file = rest.join('=');
  if (file === '')
    throw new UsageError(`--output takes a format and a file, as in junit=races.xml, not "${text}".`);
  if (!OUTPUT_FORMATS.includes(format))
    throw new UsageError(`--output knows no format "${format}"; there are ${OUTPUT_FORMATS.join(', ')}.`);
  return { format, file };
}

/**
 * Reads a report that was saved as JSON.
 *
 * @throws UsageError when it is none
 */
export async function readReport(file: string, io: CommandIo): Promise<RaceReport> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of io.open(file)) {
    const piece = Buffer.from(chunk as Uint8Array);
    bytes += piece.length;
    if (bytes > LARGEST_REPORT_BYTES) throw new UsageError(`${file} is too large to be a report.`);
    chunks.push(piece);
  }
  const report = parse(Buffer.concat(chunks).toString('utf8'));
  if (report?.format !== 'oversell-report' || !Array.isArray(report.race?.lanes))
    throw new UsageError(`${file} is no report: write one with oversell race -o json=${file}.`);
  if (report.version !== REPORT_VERSION)
    throw new UsageError(
      `${file} is a report of version ${String(report.version)}; this program reads ${REPORT_VERSION}.`,
    );
  return report as RaceReport;
}

function parse(text: string): Partial<RaceReport> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
