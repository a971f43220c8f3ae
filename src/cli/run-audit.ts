import { parseArgs } from 'node:util';
import { auditHistory } from '@/history-file/audit-history';
import type { Source } from '@/history-file/bytes';
import type { LaneFile } from '@/history-file/format';
import { HistoryFileError } from '@/history-file/history-file-error';
import { printable } from '@/history-file/printable';
import { readHistory } from '@/history-file/read-history';
import type { AuditResult } from '@/model/verdict';
import { EXIT } from './exit-code';
import { formatLane } from './format-lane';

/** What a command reads and writes. */
export interface CommandIo {
  stdin: Source;
  open: (file: string) => Source;
  /** To the output. */
  print: (text: string) => void;
  /** To the output of errors. */
  complain: (text: string) => void;
  color: boolean;
}

const USAGE = `Usage: npm run audit -- <file> [--json] [--lane n]

Judges the lanes of a history file again, as GET /api/races/:id/export.ndjson gives it; - reads the input.

  --json     prints the results as one line of JSON
  --lane n   only the lane of this number
  --help     prints this

Exit code: 0 every lane is ok, 10 one is violated, 12 none is violated and one is inconclusive,
2 the file cannot be read or the command is not as above, 1 a fault of this program.
`;

class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Options {
  file: string;
  json: boolean;
  lane: number | undefined;
}

/** The command `audit`. Never throws; returns the exit code. */
export async function runAudit(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const options = readOptions(args);
    if (options === 'help') {
      io.print(USAGE);
      return EXIT.pass;
    }
    return await auditFile(options, io);
  } catch (error) {
    return explain(error, io);
  }
}

function readOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [file, ...more] = positionals;
  if (file === undefined || file === '' || more.length > 0) throw new UsageError('Name one history file.');
  const { lane, json } = values;
  if (lane !== undefined && !/^\d{1,9}$/.test(lane))
    throw new UsageError(`--lane takes a whole number from 0, not "${lane}".`);
  return { file, json, lane: lane === undefined ? undefined : Number(lane) };
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const options = { json: flag, help: { ...flag, short: 'h' }, lane: { type: 'string' } } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(explainArguments(error as Error));
  }
}

/** Node explains a missing value in three lines, and suggests a syntax that this option does not accept. */
function explainArguments(error: Error): string {
  const isWithoutValue = 'code' in error && error.code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE';
  return isWithoutValue && error.message.includes('--lane')
    ? '--lane takes a whole number from 0.'
    : error.message;
}

/** One lane after the other, so that no more than one is in memory. */
async function auditFile({ file, json, lane }: Options, io: CommandIo): Promise<number> {
  const results: object[] = [];
  const lanes: number[] = [];
  const statuses = new Set<AuditResult['verdict']['status']>();
  for await (const one of readHistory(file === '-' ? io.stdin : io.open(file))) {
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

/** The audit's result, with the lane that it belongs to. */
function toJson({ header, history, sealed }: LaneFile, result: AuditResult): object {
  const { raceId, lane, strategy, expected, control } = header;
  return { raceId, lane, strategy, expected, control, attempts: history.count, sealed, ...result };
}

function explain(error: unknown, io: CommandIo): number {
  const message = error instanceof Error ? error.message : String(error);
  const complain = (text: string) => io.complain(`${printable(text)}\n`);
  if (error instanceof HistoryFileError) complain(message);
  else if (error instanceof UsageError) io.complain(`${printable(message)}\n\n${USAGE}`);
  else if (isFileError(error)) complain(`The file cannot be read: ${message}.`);
  else {
    complain(`This is a fault of the program: ${message}`);
    return EXIT.internal;
  }
  return EXIT.usage;
}

/** Whether the system reports a problem with a file: it does not exist, is a folder, or may not be read. */
function isFileError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
