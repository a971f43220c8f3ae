import type { AppJudgement } from '@/explorer/backends/wire/app-backend';
import type { SentCall } from '@/explorer/backends/wire/sent-call';
import type { AppMove, AppSent } from '@/explorer/backends/wire/run-app-schedule';
import type { AppAnswer } from '@/app-under-test/send-request';
import type { CheckAnswer, CheckMove, CheckSchedule } from '@/model/app-check';
import { matchPattern } from './match-pattern';

/** Rows of one reply, and characters of one answer, that a result keeps. */
const MOST_ROWS = 5;
const MOST_CHARACTERS = 2_000;

/** A schedule as results show it. */
export function describeSchedule(
  { of }: AppJudgement,
  reproduced: CheckSchedule['reproduced'],
  isAccepted: (answer: AppAnswer) => boolean,
): CheckSchedule {
  const moves = of.run.moves.map(describeMove);
  return {
    id: of.run.id,
    moves,
    answers: describeAnswers(of.outcome.answers, isAccepted),
    reproduced,
    match: matchPattern(moves),
  };
}

export function describeAnswers(
  answers: readonly (AppAnswer | undefined)[],
  isAccepted: (answer: AppAnswer) => boolean,
): CheckAnswer[] {
  return answers.flatMap((answer, i) =>
    answer
      ? [
          {
            ...{ request: i + 1, status: answer.status, isAccepted: isAccepted(answer) },
            body: answer.body.slice(0, MOST_CHARACTERS),
          },
        ]
      : [],
  );
}

function describeMove({ step, sent, woke, waitsFor, ended, rows }: AppMove): CheckMove {
  const [own] = sent.groups.filter(
    ({ statements, command, isCommit }) => statements.length > 0 || command || isCommit,
  );
  const event = step === '(request)' ? 'arrival' : own?.isCommit ? 'commit' : 'statement';
  return {
    request: sent.actor + 1,
    event,
    ...(event === 'statement' && { sql: step, ...describeCall(own) }),
    ...(waitsFor.length > 0 && { waitsFor: waitsFor.map((i) => i + 1) }),
    ...(woke.length > 0 && { woke: woke.map(({ actor }) => actor + 1), ...lateReply(woke) }),
    ...(ended.length > 0 && { ended: ended.map((i) => i + 1) }),
    ...(rows && { state: rows.map(({ table, before, after }) => ({ table, before, after })) }),
  };
}

function describeCall(call: SentCall | undefined): Partial<CheckMove> {
  if (!call) return {};
  const { statements, command, reply } = call;
  if (command) {
    const { text = '', isError = false } = command.reply ?? {};
    return { store: 'redis', ...(isError ? { error: text } : text !== '' && { tag: text }) };
  }
  const params = statements.flatMap(({ parameters }) => parameters);
  const last = reply?.results.at(-1);
  const columns = last?.columns ?? [];
  const rows = (last?.rows ?? [])
    .slice(0, MOST_ROWS)
    .map((row) => Object.fromEntries(row.map((value, i) => [columns[i]?.name ?? `column ${i + 1}`, value])));
  return {
    ...(params.length > 0 && { params }),
    ...(rows.length > 0 && { rows }),
    ...(last?.tag !== undefined && { tag: last.tag }),
    ...(reply?.error && { error: `${reply.error.code} ${reply.error.message}` }),
  };
}

/** What PostgreSQL refused the statement with that had waited for this move. */
function lateReply(woke: readonly AppSent[]): Partial<CheckMove> {
  const failed = woke
    .flatMap(({ groups }) => groups)
    .find(({ reply, hasWaited }) => hasWaited && reply?.error);
  const error = failed?.reply?.error;
  return error ? { error: `${error.code} ${error.message}` } : {};
}
