import { auditHistory } from '@/history-file/audit-history';
import type { LaneFile } from '@/history-file/format';
import { HistoryFileError } from '@/history-file/history-file-error';
import { printable } from '@/history-file/printable';
import { readHistory } from '@/history-file/read-history';
import type { AuditResult } from '@/model/verdict';
import { readNamed, UsageError } from './command-io';
import type { CommandIo } from './command-io';
import { EXIT } from './exit-code';
import type { ExitCode } from './exit-code';
import { formatLane } from './formats/format-lane';

export interface AuditedFile {
  /** `-`: the input. */
  file: string;
  json: boolean;
  /** The only lane to judge; undefined: all. */
  lane: number | undefined;
}

/**
 * Judges the lanes of a history file, one after the other, so that no more than one is in memory.
 *
 * @throws HistoryFileError, UsageError
 */
export async function auditFile({ file, json, lane }: AuditedFile, io: CommandIo): Promise<ExitCode> {
  const results: object[] = [];
  const lanes: number[] = [];
  const statuses = new Set<AuditResult['verdict']['status']>();
  for await (const one of readLanes(file, io)) {
    lanes.push(one.header.lane);
    if (lane !== undefined && one.header.lane !== lane) continue;
    const result = auditHistory(one);
    statuses.add(result.verdict.status);
    if (json) results.push(toJson(one, result));
    else io.print(formatLane(one, result, io.color));
  }
  if (statuses.size === 0) throw new UsageError(`There is no lane ${lane} in it, only ${lanes.join(', ')}.`);
  if (json) io.print(`${printable(JSON.stringify({ lanes: results }))}\n`);
  if (statuses.has('violated')) return EXIT.violated;
  return statuses.has('inconclusive') ? EXIT.inconclusive : EXIT.pass;
}

async function* readLanes(file: string, io: CommandIo): AsyncGenerator<LaneFile> {
  try {
    yield* readHistory(readNamed(file, io));
  } catch (error) {
    if (!(error instanceof HistoryFileError) || error.line !== 1) throw error;
    // other files of this program fail in their first line
    throw new UsageError(
      `${error.message}\naudit judges histories, as oversell race -o ndjson=FILE writes them. A report is read by oversell report.`,
    );
  }
}

/** The audit's result, with the lane that it belongs to. */
function toJson({ header, history, sealed }: LaneFile, result: AuditResult): object {
  const { raceId, lane, strategy, expected, control } = header;
  return { raceId, lane, strategy, expected, control, attempts: history.count, sealed, ...result };
}
