import { raceOfHistory } from '@/history-file/race-of-history';
import { FORMAT as HISTORY_FORMAT } from '@/history-file/format';
import { readHistory } from '@/history-file/read-history';
import { isHtml, readHtmlReport } from '@/history-file/open-file';
import { readSavedReport, ReportError } from '@/report/read-report';
import type { SavedReport } from '@/report/read-report';
import { REPORT_VERSION } from '@/report/race-report';
import type { RaceReport } from '@/report/race-report';
import { loadStrategies } from '@/scenarios/registry';
import { strategyFolder } from '@/services/process/program';
import { readNamed, UsageError } from './command-io';
import type { CommandIo } from './command-io';

/** A report of 40 lanes has some 3 MB. */
const LARGEST_REPORT_BYTES = 64 * 1024 * 1024;

/** A saved report, and what the file does not tell of its race, a sentence each. */
export type NotedReport = SavedReport & { notes: string[] };

/**
 * Reads a report that was saved as JSON or HTML.
 *
 * @throws UsageError when it is none
 */
export async function readReport(file: string, io: CommandIo): Promise<SavedReport> {
  return explained(file, await readText(readNamed(file, io), file), readAnyReport);
}

/**
 * Reads a saved report, or makes one of a history file.
 *
 * @throws UsageError, HistoryFileError
 */
export async function readSaved(file: string, writtenBy: string, io: CommandIo): Promise<NotedReport> {
  const pieces = readNamed(file, io)[Symbol.asyncIterator]();
  const first = await pieces.next();
  const source = (async function* () {
    for (let piece = first; !piece.done; piece = await pieces.next()) yield piece.value;
  })();
  const start = first.done ? '' : Buffer.from(first.value).toString('utf8');
  const [line = ''] = start.split('\n');
  if (!line.includes(`"${HISTORY_FORMAT}"`))
    return { ...(await explained(file, await readText(source, file), readAnyReport)), notes: [] };
  const strategies = await loadStrategies(strategyFolder);
  const lanes = readHistory(source, { keepSteps: true });
  const { race, hasPlan, lacks, contradictions } = await raceOfHistory(lanes, (id) => strategies.get(id));
  const report: RaceReport = {
    format: 'oversell-report',
    version: REPORT_VERSION,
    writtenBy,
    race,
    ...(!hasPlan && { hasPlan }),
    assertions: [],
  };
  return { kind: 'race', report, notes: [...lacks, ...contradictions] };
}

async function readText(source: AsyncIterable<Uint8Array>, file: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > LARGEST_REPORT_BYTES) throw new UsageError(`${file} is too large to be a report.`);
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function readAnyReport(text: string): Promise<SavedReport> {
  return isHtml(text) ? { kind: 'race', report: await readHtmlReport(text) } : readSavedReport(text);
}

/** @throws UsageError for text that is no report, with the name of its file */
async function explained<T>(file: string, text: string, read: (text: string) => Promise<T>): Promise<T> {
  try {
    return await read(text);
  } catch (error) {
    if (error instanceof ReportError) throw new UsageError(`${file} cannot be read. ${error.message}`);
    throw error;
  }
}
