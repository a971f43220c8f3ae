import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import type { Problem } from '@/lib/lab-error';
import type { ExplorationView } from '@/model/exploration';
import { countOf, formatNumber } from '@/model/wording';
import { parsePlan } from '@/jobs/exploration/exploration-request';
import { fromText } from '@/plan/numbers';
import { EXPECTATIONS, judgeAgainst } from '@/report/race-report';
import type { Expectation } from '@/report/race-report';
import { loadStrategies } from '@/scenarios/registry';
import { strategyFolder } from '@/services/process/program';
import { UsageError } from '../command-io';
import type { CommandIo } from '../command-io';
import { EXIT } from '../exit-code';
import type { ExitCode } from '../exit-code';
import { readConfigFor } from '../config/apply-config';
import { followJob } from '../follow-job';
import { formatExploration } from '../formats/format-exploration';
import { RefusedError } from '../lab/command-lab';
import { labOptions, withLab } from '../lab/lab-options';
import { exitCodeOf } from '../outcome';
import { refuseFields, refusing } from '../plan-flags';
import type { Given } from '../plan-flags';
import type { Standing } from '../progress';

const EXAMPLES = `
Examples:
  oversell explore read-then-write
  oversell explore redis-lock-fenced --lease-expiry --stock 2
  oversell explore conditional-update --quantities 2,1 --json
`;

/** Numbers of a plan, with the field that each is in a request. */
const NUMBERS: [flag: string, field: string, about: string][] = [
  ['attempts', 'attempts', 'attempts of each schedule, 2 or 3 (default: 2)'],
  ['stock', 'stock', 'units of each item (default: 1)'],
  ['items', 'items', 'items that the attempts are spread over (default: 1)'],
  ['processes', 'processes', '2: attempts share no memory, as if each ran in another process (default: 1)'],
  ['max-schedules', 'maxSchedules', 'more schedules than this are not begun (default: 20,000)'],
  ['preemptions', 'preemptions', 'most times that a schedule turns away from an attempt that could go on'],
  ['sample', 'sample', 'run this many schedules drawn at random instead of all'],
  ['max-retries', 'maxRetries', 'retries of an attempt before its schedule is cut off (default: 4)'],
  ['seed', 'seed', 'repeats a sample'],
];

/** Adds the command `explore`. `finish` gets its exit code. */
export function addExplore(program: Command, io: CommandIo, finish: (code: ExitCode) => void): void {
  const command = program
    .command('explore')
    .summary('runs every interleaving of two or three attempts')
    .description('Runs every order in which two or three attempts of a strategy can take their steps.')
    .addArgument(new Argument('<strategy>', 'its id; oversell strategies lists them'))
    .addHelpText('after', EXAMPLES);
  for (const [flag, , about] of NUMBERS) command.addOption(new Option(`--${flag} <n>`, about));
  for (const option of [
    new Option('--quantities <list>', 'units that each attempt wants, such as 2,1'),
    new Option('--crash', 'one attempt may die before any of its steps'),
    new Option('--lease-expiry', 'the lease of a Redis lock may expire while it is held'),
    new Option('--no-reduction', 'also run schedules that only swap steps which cannot affect each other'),
    new Option('--expect <what>', 'that no schedule breaks anything, that one does, or what its class says')
      .choices(EXPECTATIONS)
      .default('safe'),
    ...['crash', 'lease-expiry'].map(refusing),
    new Option('--reduction').hideHelp(),
    ...labOptions(),
  ])
    command.addOption(option);
  readConfigFor('explore', command, io);
  command.action(async (strategy: string, given: Given) => finish(await explore(strategy, given, io)));
}

async function explore(strategy: string, given: Given, io: CommandIo): Promise<ExitCode> {
  const expect = given.expect as Expectation;
  const request = toRequest(strategy, given);
  // before a lab of this process is opened, which takes seconds
  if (given.server === undefined) {
    const parsed = parsePlan(request, await loadStrategies(strategyFolder));
    if (!parsed.ok) throw refuseRequest(parsed.error);
  }
  return withLab(given, io, async (session) => {
    const { view, stoppedBy } = await followJob(session, 'exploration', request, standingOf).catch(
      (error: unknown) => {
        throw error instanceof RefusedError && !error.mayPass ? refuseRequest(error.problem) : error;
      },
    );
    const { status, result, reason } = view;
    if (session.isJson) io.print(`${JSON.stringify(view)}\n`);
    else if (status !== 'refused') io.print(formatExploration(view, io.color));
    if (status === 'refused') throw new UsageError(reason ?? 'There are too many schedules.');
    if (status === 'failed') return EXIT.internal;
    const isWhole = result?.coverage.isComplete === true || result?.verdict === 'violated';
    const found = result?.verdict === 'violated' ? 'violated' : 'ok';
    const judged = judgeAgainst(expect, result?.expected ?? 'conditional', isWhole ? found : 'inconclusive');
    return exitCodeOf([{ kind: 'expectation', result: judged.result }], expect, stoppedBy);
  });
}

function refuseRequest({ message, issues }: Problem): UsageError {
  if (issues?.some(({ path }) => path === 'strategy'))
    return new UsageError(`${message} It ${issues.map((issue) => issue.message).join(', ')}.`);
  const flags = new Map([
    ...NUMBERS.map(([flag, field]) => [field, flag] as const),
    ['quantities', 'quantities'],
  ]);
  return refuseFields(message, issues, (field) => flags.get(field));
}

function toRequest(strategy: string, given: Given): object {
  const numbers = NUMBERS.flatMap(([flag, field]) => {
    const value = given[flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
    return value === undefined ? [] : [[field, fromText(value)]];
  });
  const { quantities, crash, leaseExpiry, reduction } = given;
  const wanted = quantities === undefined ? [] : String(quantities).split(',').map(fromText);
  return {
    strategy,
    ...(Object.fromEntries(numbers) as object),
    ...(wanted.length > 0 && { quantities: wanted, attempts: wanted.length }),
    ...(crash === true && { crash }),
    ...(leaseExpiry === true && { leaseExpiry }),
    ...(reduction === false && { reduction }),
  };
}

function standingOf({ status, progress: { run, open, violated } }: ExplorationView): Standing {
  if (status === 'queued') return { share: null, text: 'waits for its turn' };
  const text = `${countOf(run, 'schedule')} run, ${formatNumber(open)} known to be left, ${formatNumber(violated)} that ${violated === 1 ? 'breaks' : 'break'} an invariant`;
  return { share: run + open === 0 ? null : run / (run + open), text };
}
