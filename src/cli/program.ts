import { Command, CommanderError } from 'commander';
import { DatabaseError } from '@/app-under-test/database/database-error';
import { AppStartError } from '@/check/instance';
import { PrepareError } from '@/check/prepare-app';
import { HistoryFileError } from '@/history-file/history-file-error';
import { printableLines } from '@/history-file/printable';
import { LabUnavailableError } from '@/lib/lab-error';
import { BuildMissingError } from '@/server/http/create-http';
import { ListenError } from '@/server/http/listen';
import { EnvError } from '@/services/env';
import { MigrationError, ServiceUnreachableError } from '@/services/open-services';
import { PoolSizeError } from '@/services/postgres/pools';
import { addAudit } from './commands/audit';
import { addCheck } from './commands/check';
import { addCompletion } from './commands/completion';
import { addConfig } from './commands/config';
import { addExplore } from './commands/explore';
import { addRace } from './commands/race';
import { addReports } from './commands/reports';
import { addStart } from './commands/start';
import { addStrategies } from './commands/strategies';
import { UsageError } from './command-io';
import type { CommandIo } from './command-io';
import { RefusedError, UnreachableError } from './lab/command-lab';
import { EXIT } from './exit-code';
import type { ExitCode } from './exit-code';
import { refusePlan } from './plan-flags';

const ABOUT = 'A race laboratory for inventory: can this checkout sell the last unit twice?';

const EXIT_CODES = `
Exit codes: 0 pass, 1 a fault of the program, 2 usage, 3 a server, PostgreSQL or Redis cannot be reached,
10 an invariant is violated, 11 a race was expected and did not show, 12 inconclusive, 99 a threshold is crossed,
130 and 143 stopped by a signal.
`;

/**
 * Runs the command line. Never throws; returns the exit code.
 *
 * @param args without the program's name
 */
export async function runCommand(
  args: readonly string[],
  given: CommandIo,
  version: string,
): Promise<number> {
  const io = { ...given };
  let code: number = EXIT.pass;
  const complain = complainTo(io);
  const finish = (own: number) => (code = own);
  const program = new Command('oversell')
    .description(ABOUT)
    .version(version, '-V, --version', 'print the version')
    .option('--no-color', 'print without colours, as with NO_COLOR')
    .configureHelp({ showGlobalOptions: true })
    .hook('preAction', (root) => {
      if (!root.opts<{ color: boolean }>().color) io.color = false;
    })
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(--help explains the command)')
    .exitOverride()
    .configureOutput({ writeOut: io.print, writeErr: complain });
  // subcommands take over the settings above as they are created
  addRace(program, io, finish);
  addExplore(program, io, finish);
  addCheck(program, io, finish, args);
  addAudit(program, io, finish);
  addReports(program, io, finish, version);
  addStrategies(program, io, finish);
  addConfig(program, io, finish);
  addStart(program, io, finish);
  addCompletion(program, io, finish);
  try {
    await program.parseAsync(isUnknown(program, args[0]) ? args.slice(0, 1) : [...args], { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, io);
  }
}

/** A command that there is not is refused, also where help is asked for. */
function isUnknown(program: Command, name: string | undefined): boolean {
  if (name === undefined || name.startsWith('-') || name === 'help') return false;
  return !program.commands.some((command) => command.name() === name);
}

function explain(error: unknown, io: CommandIo): number {
  // its message is printed already
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.pass : EXIT.usage;
  const message = error instanceof Error ? error.message : String(error);
  const complain = complainTo(io);
  if (error instanceof RefusedError) {
    complain(refusePlan(error.problem.message, error.problem.issues).message);
    return error.mayPass ? EXIT.unreachable : EXIT.usage;
  }
  complain(isExpected(error) ? message : `This is a fault of the program: ${stackOf(error)}`);
  if (error instanceof DatabaseError) return codeOfDatabase(error);
  if (isOneOf(error, UNREACHABLE)) return EXIT.unreachable;
  return isOneOf(error, USAGE) ? EXIT.usage : EXIT.internal;
}

/** A database that must not be explored is refused like a command that is given wrongly. */
function codeOfDatabase({ kind }: DatabaseError): ExitCode {
  if (/^(unreachable|login-refused|no-such-database|not-postgresql|connection-lost)$/.test(kind))
    return EXIT.unreachable;
  return kind === 'failed' || kind === 'disk-full' ? EXIT.internal : EXIT.usage;
}

const USAGE = [UsageError, PrepareError, HistoryFileError, EnvError, PoolSizeError, ListenError];
/** Faults whose message says what to do. */
const INTERNAL = [BuildMissingError, MigrationError, DatabaseError];
const UNREACHABLE = [AppStartError, UnreachableError, ServiceUnreachableError, LabUnavailableError];

function isExpected(error: unknown): boolean {
  return isOneOf(error, [...USAGE, ...UNREACHABLE, ...INTERNAL]);
}

function isOneOf(error: unknown, kinds: readonly (abstract new (...args: never[]) => Error)[]): boolean {
  return kinds.some((kind) => error instanceof kind);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Prints lines to the output of errors. They may repeat what was given, so each is made printable. */
function complainTo(io: CommandIo): (text: string) => void {
  return (text) => io.complain(`${printableLines(text.trimEnd())}\n`);
}
