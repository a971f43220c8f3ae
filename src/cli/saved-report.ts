import { raceOfHistory } from '@/history-file/race-of-history';
import { FORMAT as HISTORY_FORMAT } from '@/history-file/format';
import { readHistory } from '@/history-file/read-history';
import { REPORT_FORMATS } from '@/report/formats/formats';
import { TRIALS_FORMATS } from '@/report/formats/trials-formats';
import { REPORT_VERSION } from '@/report/race-report';
import type { RaceReport } from '@/report/race-report';
import type { TrialsReport } from '@/report/trials-report';
import { loadStrategies } from '@/scenarios/registry';
import { strategyFolder } from '@/services/process/program';
import { readNamed, UsageError } from './command-io';
import type { CommandIo } from './command-io';

/** A report of 40 lanes has some 3 MB. */
const LARGEST_REPORT_BYTES = 64 * 1024 * 1024;

/** What a file holds: a report of a race or of trials, or a race's history, whose lanes were judged now. */
export type SavedReport =
  { kind: 'race'; report: RaceReport; notes: string[] } | { kind: 'trials'; report: TrialsReport };

/**
 * Reads a report that was saved as JSON.
 *
 * @throws UsageError when it is none
 */
export async function readReport(file: string, io: CommandIo): Promise<RaceReport> {
  const saved = await readJson(readNamed(file, io), file);
  if (saved.kind === 'race') return saved.report;
  throw new UsageError(`${file} is a report of trials, and not of one race.`);
}

/**
 * Reads a saved report, or makes one of a history file.
 *
 * @throws UsageError, HistoryFileError
 */
export async function readSaved(file: string, writtenBy: string, io: CommandIo): Promise<SavedReport> {
  const pieces = readNamed(file, io)[Symbol.asyncIterator]();
  const first = await pieces.next();
  const source = (async function* () {
    for (let piece = first; !piece.done; piece = await pieces.next()) yield piece.value;
  })();
  const start = first.done ? '' : Buffer.from(first.value).toString('utf8');
  const [line = ''] = start.split('\n');
  if (!line.includes(`"${HISTORY_FORMAT}"`)) return readJson(source, file);
  const strategies = await loadStrategies(strategyFolder);
  const lanes = readHistory(source, { keepSteps: true });
  const { race, lacks, contradictions } = await raceOfHistory(lanes, (id) => strategies.get(id));
  const report: RaceReport = {
    format: 'oversell-report',
    version: REPORT_VERSION,
    writtenBy,
    race,
    assertions: [],
  };
  return { kind: 'race', report, notes: [...lacks, ...contradictions] };
}

async function readJson(source: AsyncIterable<Uint8Array>, file: string): Promise<SavedReport> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > LARGEST_REPORT_BYTES) throw new UsageError(`${file} is too large to be a report.`);
    chunks.push(Buffer.from(chunk));
  }
  const found = parse(Buffer.concat(chunks).toString('utf8'));
  const isRace = found?.format === 'oversell-report' && Array.isArray(found.race?.lanes);
  const isTrials = found?.format === 'oversell-trials-report' && Array.isArray(found.experiment?.strategies);
  if ((!isRace && !isTrials) || !Array.isArray(found.assertions))
    throw new UsageError(`${file} is no report: write one with oversell race -o json=${file}.`);
  if (found.version !== REPORT_VERSION)
    throw new UsageError(
      `${file} is a report of version ${String(found.version)}; this program reads ${REPORT_VERSION}.`,
    );
  const saved: SavedReport = isRace
    ? { kind: 'race', report: found as RaceReport, notes: [] }
    : { kind: 'trials', report: found as unknown as TrialsReport };
  try {
    if (saved.kind === 'race') REPORT_FORMATS.forEach(({ write }) => write(saved.report));
    else TRIALS_FORMATS.forEach(({ write }) => write(saved.report));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file} is a damaged report: ${reason}.`);
  }
  return saved;
}

type Found = { format?: string; version?: number; assertions?: unknown } & Partial<
  Pick<RaceReport, 'race'> & Pick<TrialsReport, 'experiment'>
>;

function parse(text: string): Found | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
