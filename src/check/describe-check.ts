import type { SearchResult } from '@/explorer/search/search';
import type {
  AppFindingKind,
  CheckFinding,
  CheckResult,
  CheckSchedule,
  CheckVerdict,
} from '@/model/app-check';
import { countOf, formatNumber } from '@/model/wording';
import { describeAppFinding, describeReplays } from '@/report/check-words';
import type { AppPlan } from './app-plan';
import { describeAnswers, describeSchedule } from './describe-schedule';
import type { AppExploration } from './explore-app';

/**
 * The result of an exploration of an app. A schedule that breaks something is a violation as soon as it has been run again; `ok` needs
 * a search that ran to its end, and proof that there was something to find.
 *
 * @param replayCommand runs one schedule again, by its id
 */
export function describeCheck(
  plan: AppPlan,
  found: AppExploration,
  replayCommand: (id: string) => string,
): CheckResult {
  const { search, shown, serial } = found;
  const simplest = shown ? describeSchedule(shown, found.reproduced, found.isAccepted) : undefined;
  const findings = findingsOf(found, simplest);
  const doubts = doubtsOf(plan, found);
  const statements = plan.requests.map(
    (_, i) => serial.find(({ order }) => order.join() === String(i))?.statements[i] ?? 0,
  );
  return {
    name: plan.name,
    ...judge(found, simplest, findings, doubts),
    findings,
    requests: describeRequests(plan),
    ...(search ? { explored: describeSearch(found, search, simplest) } : simplest && { schedule: simplest }),
    app: { start: plan.start, instances: plan.requests.length, statements },
    notes: notesOf(found),
    seed: plan.seed,
    replay: simplest ? replayCommand(simplest.id) : '',
  };
}

/** The result where nothing could be explored. */
export function describeInconclusive(plan: AppPlan, reason: string): CheckResult {
  return {
    ...{ name: plan.name, verdict: 'inconclusive', reason, findings: [], requests: describeRequests(plan) },
    app: { start: plan.start, instances: plan.requests.length, statements: [] },
    ...{ notes: [], seed: plan.seed, replay: '' },
  };
}

function describeRequests({ requests }: AppPlan): CheckResult['requests'] {
  return requests.map(({ method, path, body }, i) => ({
    request: i + 1,
    title: `${method} ${path}${body === null ? '' : ` ${body.slice(0, 200)}`}`,
  }));
}

function describeSearch(
  found: AppExploration,
  { coverage, outcomes }: SearchResult<AppFindingKind>,
  simplest: CheckSchedule | undefined,
): NonNullable<CheckResult['explored']> {
  const { serial, isAccepted, masks } = found;
  const whole = Math.max(...serial.map(({ order }) => order.length));
  const accepted = serial
    .filter(({ order }) => order.length === whole)
    .map(({ answers }) => answers.filter((answer) => answer && isAccepted(answer)).length);
  const countAccepted = (row: readonly string[]) => row.filter((text) => text.startsWith('accepted')).length;
  const sum = (rows: typeof outcomes) => rows.reduce((total, { schedules }) => total + schedules, 0);
  const { possible, run, pruned } = coverage;
  return {
    schedules: { possible, run, pruned, violating: sum(outcomes.filter((row) => row.findings.length > 0)) },
    coverage,
    outcomes: outcomes.map(({ outcomes: texts, findings, schedules, example }) => ({
      ...{ outcomes: texts, findings, schedules, example },
    })),
    ...(simplest && { simplest }),
    serialOutcomes: serial.map(({ order, answers }) => ({
      order: order.map((i) => i + 1),
      answers: describeAnswers(answers, isAccepted),
    })),
    refused: sum(outcomes.filter((row) => countAccepted(row.outcomes) < Math.min(...accepted))),
    masks,
  };
}

function findingsOf(found: AppExploration, simplest: CheckSchedule | undefined): CheckFinding[] {
  const serially = [...new Set(found.serial.flatMap(({ broken }) => broken))];
  return [
    ...(found.shown?.kinds ?? []).map((kind) => ({
      kind,
      message: describeAppFinding(kind, simplest?.answers ?? []),
    })),
    ...serially.map((name) => ({
      kind: 'without-concurrency' as const,
      message: `The invariant "${name}" does not hold after the requests one by one either: that is no race.`,
    })),
  ];
}

function judge(
  found: AppExploration,
  simplest: CheckSchedule | undefined,
  findings: readonly CheckFinding[],
  doubts: readonly string[],
): { verdict: CheckVerdict; reason: string } {
  const { search, reproduced } = found;
  const races = findings.filter(({ kind }) => kind !== 'without-concurrency');
  if (simplest && races.length > 0) {
    const said = [...races.map(({ message }) => message), describeReplays(reproduced)].join(' ').trim();
    if (reproduced.of === 0 || reproduced.times > 0) return { verdict: 'violated', reason: said };
    return { verdict: 'inconclusive', reason: said };
  }
  if (findings.length > 0)
    return { verdict: 'violated', reason: findings.map(({ message }) => message).join(' ') };
  if (doubts.length > 0) return { verdict: 'inconclusive', reason: doubts.join(' ') };
  if (!search)
    return { verdict: 'ok', reason: 'This schedule leads to what one request after the other leads to.' };
  const { possible, run } = search.coverage;
  const swapped =
    run < possible
      ? ` ${formatNumber(run)} ${run === 1 ? 'was' : 'were'} run; the others only swap statements that cannot affect each other.`
      : '';
  return {
    verdict: 'ok',
    reason: `Each of the ${countOf(possible, 'possible order')} of their statements leads to what one request after the other leads to.${swapped}`,
  };
}

/** What keeps an exploration without a finding from being a proof. */
function doubtsOf(plan: AppPlan, found: AppExploration): string[] {
  const { search, serial, isAccepted, brokenAtStart } = found;
  const doubts: string[] = [];
  const alone = serial.filter(({ order }) => order.length === 1);
  const isServed = ({ order, answers }: (typeof alone)[number]) =>
    order.some((i) => answers[i] !== undefined && isAccepted(answers[i]));
  if (!alone.some(isServed)) {
    const told = alone.map(
      ({ order: [i = 0], answers }) => `T${i + 1} ${answers[i]?.status} ${answers[i]?.body.slice(0, 100)}`,
    );
    doubts.push(
      `No request is accepted, not even alone (${told.join('; ')}), so there is nothing to contest.`,
    );
  }
  const silent = alone.filter(({ order: [i = 0], statements }) => (statements[i] ?? 0) === 0);
  for (const {
    order: [i = 0],
  } of silent)
    doubts.push(`T${i + 1} sends no statement to the database.`);
  if (brokenAtStart.length > 0)
    doubts.push(`The start state already breaks ${brokenAtStart.map((name) => `"${name}"`).join(', ')}.`);
  if (!found.isUnchanged)
    doubts.push(
      'A request on its own did something else in the end than at first: the app keeps something in memory, such as a cache, which restoring the rows does not reach.',
    );
  if (!search) return doubts;
  const { coverage, outcomes, unfinished } = search;
  const unclear = outcomes.find((row) => row.outcomes.some((text) => text.startsWith('unclear')));
  if (unclear)
    doubts.push(
      `In the schedule ${unclear.example} a request left nothing, with an answer of 2xx that no serial order gives: say with \`accepted\` which answers mean that it was served.`,
    );
  const mute = outcomes.find((row) => row.outcomes.includes('no answer'));
  if (mute)
    doubts.push(
      `In the schedule ${mute.example} a request had no answer within ${plan.requestMs / 1_000} s.`,
    );
  if (unfinished !== undefined) doubts.push(unfinished);
  else if (!coverage.isComplete)
    doubts.push(
      `Only ${formatNumber(coverage.run)} of ${coverage.isLeast ? 'at least' : 'about'} ${countOf(coverage.possible, 'order')} were run, and none breaks anything.`,
    );
  return doubts;
}

function notesOf({ background, notes }: AppExploration): string[] {
  const learned = background.map((sql) => `\`${sql.slice(0, 100)}\``);
  return [
    ...notes,
    ...(learned.length > 0 ? [`The app sends by itself, so it was not ordered: ${learned.join(', ')}.`] : []),
  ];
}
