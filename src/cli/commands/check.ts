import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import type { CheckFile } from '@/check/check-file';
import { describeCheckFile, EMBEDDED, toAppPlan } from '@/check/check-file';
import type { AppEvents } from '@/check/explore-app';
import { restoreAll, runCheck } from '@/check/run-check';
import { TooManySchedulesError } from '@/explorer/search/refuse-size';
import type { CheckResult } from '@/model/app-check';
import { checkUrl } from '@/report/addresses';
import { CHECK_FORMATS, checkToGithubAnnotations, checkToMarkdown } from '@/report/formats/check-formats';
import { judgeAgainst } from '@/report/race-report';
import type { Expectation } from '@/report/race-report';
import { appClients } from '@/services/open-services';
import { CheckStore } from '@/store/check-store';
import { CHECK_FLAGS, readCheckFlags, replayCommandOf, requestOptions } from '../check/check-flags';
import type { GivenRequest } from '../check/check-flags';
import { UsageError } from '../command-io';
import type { CommandIo, StopSignal } from '../command-io';
import { EXIT, SIGNALLED } from '../exit-code';
import { writeCheckHtml } from '../formats/html-format';
import type { ExitCode } from '../exit-code';
import { SAME_SIGNAL_MS } from '../follow-job';
import { formatCheck } from '../formats/format-check';
import { tellGithub } from '../github-step';
import { outputOptions } from '../lab/lab-options';
import { findServices, loadCheck, withServices } from '../check/load-check';
import type { LoadedCheck } from '../check/load-check';
import { exitCodeOf, worstCode } from '../outcome';
import type { Given } from '../plan-flags';
import { openProgress } from '../progress';
import { openReportFiles, outputOption } from '../report-files';

const EXAMPLES = `
Examples:
  oversell check --start "node shop.js" --post /buy --data '{"sku":"last-one"}'
  oversell check --database embedded --start "node shop.js" --get /buy
  oversell check oversell.check.json -o json=check.json
  oversell check oversell.check.json --schedule aabbbbaa
  oversell check --restore
`;

/** What `--output` can write. */
const OUTPUTS = [...CHECK_FORMATS.map(({ id }) => id), 'html'];

/** Adds the command `check`. `args` is the command line, which results repeat; `finish` gets the exit code. */
export function addCheck(
  program: Command,
  io: CommandIo,
  finish: (code: ExitCode) => void,
  args: readonly string[],
): void {
  const requests: GivenRequest[] = [];
  const command = program
    .command('check')
    .summary('explores every interleaving of two requests to your own app')
    .description(
      'Starts your app once for each request, holds their SQL statements in a proxy, and runs every order of them. The database is on this machine, copied first and restored in the end; so is its Redis, if it has one.',
    )
    .addArgument(new Argument('[file]', 'a check; default: oversell.check.json or .ts here'))
    .addHelpText('after', EXAMPLES);
  for (const option of [
    ...requestOptions(requests),
    ...CHECK_FLAGS.map(([flags, about]) => new Option(flags, about)),
    new Option('--schedule <id>', 'run this schedule alone, and show it'),
    new Option('--restore', 'restore what a check that was killed has left, and do nothing else'),
    new Option('--schema', 'print the JSON schema of a check file, and do nothing else'),
    new Option('--expect <what>', 'that no order breaks anything, or that one does')
      .choices(['safe', 'race'])
      .default('safe'),
    outputOption(OUTPUTS),
    ...outputOptions(),
    new Option('--no-keep', 'do not keep the result for the page /checks'),
  ])
    command.addOption(option);
  command.action(async (file: string | undefined, given: Given) => {
    if (given.schema === true) {
      io.print(`${JSON.stringify(describeCheckFile(), null, 2)}\n`);
      return finish(EXIT.pass);
    }
    const flags = readCheckFlags(given, requests);
    if (given.restore === true) finish(await restore(file, flags, io));
    else finish(await check(await loadCheck(io.cwd, file, flags), given, io, args));
  });
}

async function check(
  loaded: LoadedCheck,
  given: Given,
  io: CommandIo,
  args: readonly string[],
): Promise<ExitCode> {
  io.holdSignals();
  const files = await openReportFiles(given.output, io, OUTPUTS);
  const schedule = typeof given.schedule === 'string' ? given.schedule : null;
  const progress = openProgress(io, { quiet: given.quiet === true });
  const stopping = new AbortController();
  let stoppedBy = null as StopSignal | null;
  let stoppedAt = 0;
  const forget = io.onStop((signal) => {
    const now = performance.now();
    if (stoppedBy !== null && now - stoppedAt < SAME_SIGNAL_MS) return;
    progress.say(
      stoppedBy === null
        ? 'Stopping: the database is restored first.'
        : 'The database is still being restored.',
    );
    stoppedBy ??= signal;
    stoppedAt = now;
    stopping.abort();
  });
  try {
    const phase = (text: string): void => progress.say(`${text}.`);
    const events: AppEvents = {
      ...{ signal: stopping.signal, phase },
      progress: ({ run, open, violated }) =>
        progress.show({
          share: run + open === 0 ? null : run / (run + open),
          text: `${run} orders run, ${open} known to be left, ${violated} that ${violated === 1 ? 'breaks' : 'break'} something`,
        }),
    };
    const result = await withServices(loaded, { dataDir: io.dataDir, phase }, (found) =>
      runCheck(toAppPlan(loaded.check, { ...found, schedule }), appClients, events, replayCommandOf(args)),
    );
    progress.end();
    const expect = given.expect as Expectation;
    const demand = { text: expect, ...judgeAgainst(expect, 'conditional', result.verdict) };
    const failures = await files.write(
      async (format) =>
        CHECK_FORMATS.find(({ id }) => id === format)?.write(result, demand) ?? writeCheckHtml(result),
    );
    if (given.json === true) io.print(`${JSON.stringify(result)}\n`);
    else io.print(formatCheck(result, io.color, io.width));
    const step = {
      annotations: checkToGithubAnnotations(result, demand),
      summary: checkToMarkdown(result),
    };
    failures.push(...(await tellGithub(io, step)));
    for (const failure of failures) io.complain(`${failure}\n`);
    if (given.keep !== false) await keep(result, io, given.quiet === true);
    return worstCode([
      exitCodeOf([{ kind: 'expectation', result: demand.result }], expect, stoppedBy),
      failures.length > 0 ? EXIT.internal : EXIT.pass,
    ]);
  } catch (error) {
    if (error instanceof TooManySchedulesError) throw new UsageError(error.message);
    if (stoppedBy === null || !isAbort(error)) throw error;
    io.complain('Stopped before anything was explored. The database is as it was.\n');
    return SIGNALLED[stoppedBy];
  } finally {
    forget();
    progress.end();
  }
}

/** Keeps a result for the pages. That it could not be kept changes nothing about the result. */
async function keep(result: CheckResult, io: CommandIo, isQuiet: boolean): Promise<void> {
  try {
    const { id } = await new CheckStore(io.dataDir).save(result);
    if (!isQuiet) io.complain(`Kept for the page ${checkUrl(id)} of oversell start.\n`);
  } catch (error) {
    io.complain(`The result is not kept for the page /checks: ${(error as Error).message}\n`);
  }
}

async function restore(
  file: string | undefined,
  flags: Partial<CheckFile>,
  io: CommandIo,
): Promise<ExitCode> {
  const standIn = { start: 'none', requests: [{ path: '/' }] };
  const loaded = await loadCheck(io.cwd, file, file === undefined ? { ...standIn, ...flags } : flags);
  const found = findServices(loaded);
  if (found.databaseUrl === EMBEDDED)
    throw new UsageError('An embedded database is gone when its check ends: there is nothing to restore.');
  const redisUrl = found.redisUrl === EMBEDDED ? null : found.redisUrl;
  for (const line of await restoreAll({ ...found, redisUrl }, appClients)) io.print(`${line}\n`);
  return EXIT.pass;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
