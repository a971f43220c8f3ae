import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Option } from 'commander';
import { REPORT_FORMATS } from '@/report/formats/formats';
import { TRIALS_FORMATS } from '@/report/formats/trials-formats';
import type { RaceReport } from '@/report/race-report';
import type { TrialsReport } from '@/report/trials-report';
import { UsageError } from './command-io';
import { writeHtml } from './formats/html-format';
import type { CommandIo } from './command-io';

/** The history itself, which is written as it is read. */
const HISTORY = 'ndjson';
const HTML = 'html';
/** What `--output` can write. */
export const OUTPUT_FORMATS: readonly string[] = [...REPORT_FORMATS.map(({ id }) => id), HTML, HISTORY];
export function outputOption(formats: readonly string[] = OUTPUT_FORMATS): Option {
  return new Option(
    '-o, --output <format=file>',
    `write a report: ${formats.join(', ')}; - is the output; repeatable`,
  ).argParser((text, others: string[] | undefined) => [...(others ?? []), text]);
}

/** What is written to a file, by the id of a format. */
type ContentOf = (format: string) => Promise<AsyncIterable<Uint8Array> | string>;

/** Where reports go. */
export interface ReportFiles {
  /**
   * Writes every report, and returns what could not be written, one line each: one that fails keeps no other from being
   * written.
   */
  write: (contentOf: ContentOf) => Promise<string[]>;
}

/**
 * Reads the `--output` flags.
 *
 * @throws UsageError for an unknown format, and for a file that cannot be written, before anything runs
 */
export async function openReportFiles(
  texts: unknown,
  io: CommandIo,
  formats: readonly string[] = OUTPUT_FORMATS,
): Promise<ReportFiles> {
  const outputs = readOutputs(texts, formats);
  for (const { file } of outputs) {
    await io.mayWrite(file).catch((error: unknown) => {
      throw new UsageError(`--output: ${file} cannot be written: ${messageOf(error)}`);
    });
  }
  return {
    write: async (contentOf) => {
      const failures: string[] = [];
      for (const { format, file } of outputs) {
        try {
          const content = await contentOf(format);
          await pipeline(typeof content === 'string' ? [content] : content, io.create(file));
        } catch (error) {
          failures.push(`The report ${file} could not be written: ${messageOf(error)}`);
        }
      }
      return failures;
    },
  };
}

/** The reports of a race. `readHistory` is called where its history is one of them, and may be. */
export function raceContent(
  report: RaceReport,
  readHistory?: () => Promise<AsyncIterable<Uint8Array>>,
): ContentOf {
  return async (format) => {
    if (readHistory && format === HISTORY) return readHistory();
    return REPORT_FORMATS.find(({ id }) => id === format)?.write(report) ?? writeHtml(report);
  };
}

/** The reports of trials: those that do not show one race. */
export function trialsContent(report: TrialsReport): ContentOf {
  return async (format) => {
    const known = TRIALS_FORMATS.find(({ id }) => id === format);
    if (!known) throw new UsageError(`${format} ${OF_ONE_RACE}`);
    return known.write(report);
  };
}

const OF_ONE_RACE = `shows one race, and there are many trials; they can be written as ${TRIALS_FORMATS.map(({ id }) => id).join(', ')}`;

/** @throws UsageError for the history of a race, of which a saved report has none */
export function refuseHistory(texts: unknown): void {
  if (readOutputs(texts).some(({ format }) => format === HISTORY))
    throw new UsageError(`--output: ${HISTORY} is the history of a race, which only its server can export.`);
}

/** @throws UsageError for a format that shows one race */
export function refuseForTrials(texts: unknown): void {
  const found = readOutputs(texts).find(({ format }) => !TRIALS_FORMATS.some(({ id }) => id === format));
  if (found) throw new UsageError(`--output: ${found.format} ${OF_ONE_RACE}.`);
}

function readOutputs(
  texts: unknown,
  formats: readonly string[] = OUTPUT_FORMATS,
): { format: string; file: string }[] {
  const outputs = ((texts ?? []) as string[]).map((text) => readOutput(text, formats));
  const places = outputs.map(({ file }) => (file === '-' ? file : resolve(file)));
  const twice = outputs.find((_, i) => places.indexOf(places[i] ?? '') !== i);
  if (twice) throw new UsageError(`--output: two reports cannot be written to ${twice.file}.`);
  return outputs;
}

function readOutput(text: string, formats: readonly string[]): { format: string; file: string } {
  const [format = '', ...rest] = text.split('=');
  const file = rest.join('=');
  if (file === '')
    throw new UsageError(`--output takes a format and a file, as in junit=races.xml, not "${text}".`);
  if (!formats.includes(format))
    throw new UsageError(`--output knows no format "${format}"; there are ${formats.join(', ')}.`);
  return { format, file };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
