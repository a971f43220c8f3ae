import type {
  Actor as ActorName,
  AttemptEnd,
  Move,
  ScheduleView,
  SentCommand,
  SentStatement,
} from '@/model/exploration';
import type { PurchaseRequest } from '@/model/strategy';
import type { SentRedis, SentSql } from '../backends/in-process/actor';
import type { ScheduleRun, SentBy, TakenStep } from '@/explorer/backends/in-process/schedule';
import { findingInWords, inWords } from './judge-schedule';
import type { Case, Judgement } from './judge-schedule';

/** Rows of one result that are shown. */
const MAX_ROWS = 16;

/** Describes a schedule with its attempts as T1, T2 and T3. Values that differ from run to run are put in words. */
export function describeSchedule({ of, ends, findings, stock, orders }: Judgement): ScheduleView {
  const { run, requests } = of;
  const outcomes = ends.map((end) => endInWords(end, of));
  const moves = describeMoves(run, requests, outcomes);
  return {
    id: run.id,
    moves,
    outcomes,
    findings: findings.map((finding) => findingInWords(finding, of)),
    stock,
    orders,
    preemptions: run.moves.filter(({ isPreemption }) => isPreemption).length,
    ...(run.cut !== undefined && { cut: run.cut }),
  };
}

function endInWords(end: AttemptEnd, of: Case): AttemptEnd {
  return end.reason === undefined ? end : { ...end, reason: inWords(end.reason, of) };
}

/** The moves alone; `ends` is the result of each attempt, where known. */
export function describeMoves(
  run: ScheduleRun,
  requests: PurchaseRequest[],
  ends: Judgement['ends'] = [],
): Move[] {
  const word = wordsFor(requests);
  return run.moves.map((move) => describeMove(move, ends, word));
}

type Word = (value: unknown, column?: string) => unknown;

function describeMove(move: TakenStep, ends: Judgement['ends'], word: Word): Move {
  const { event, step, kind, sent, woke, waitsFor, ended, hadToWait } = move;
  return {
    actor: nameOf(move.actor),
    event,
    step,
    ...(hadToWait && { hadToWait }),
    kind,
    ...describeSent(sent, word),
    waitsFor: waitsFor.map((other) => (other === 'memory' ? other : nameOf(other))),
    woke: woke.map((one) => ({ actor: nameOf(one.actor), step: one.step, ...describeSent(one, word) })),
    ended: ended.flatMap((i) => ends[i] ?? []),
  };
}

function nameOf(actor: number): ActorName {
  return `T${actor + 1}`;
}

function describeSent({ sql, redis }: SentBy, word: Word): { sql: SentStatement[]; redis: SentCommand[] } {
  return {
    sql: sql.map((statement) => describeStatement(statement, word)),
    redis: redis.map((command) => describeCommand(command, word)),
  };
}

function describeStatement({ text, values, answer, hasWaited }: SentSql, word: Word): SentStatement {
  const sent = {
    text: text.replace(/\s+/g, ' ').trim(),
    values: values.map((value) => word(value)),
    ...(hasWaited && { hasWaited }),
  };
  if (!answer) return sent;
  if (answer instanceof Error) {
    const code = 'code' in answer && typeof answer.code === 'string' ? `${answer.code}: ` : '';
    return { ...sent, error: code + String(word(answer.message)) };
  }
  const { columns, rows, rowCount } = answer;
  if (columns.length === 0) return { ...sent, ...(rowCount !== null && { rowCount }) };
  const shown = rows.slice(0, MAX_ROWS).map((row) => {
    const cells = columns.map((column, i): [string, unknown] => [column, word(row[i], column)]);
    return Object.fromEntries(cells);
  });
  return { ...sent, rows: shown, rowCount: rowCount ?? rows.length };
}

function describeCommand({ command, args, answer, error }: SentRedis, word: Word): SentCommand {
  const sent = { command, args: args.map((arg) => String(word(arg))) };
  if (error) return { ...sent, error: String(word(error.message)) };
  return answer === undefined ? sent : { ...sent, answer: word(answer) };
}

const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g;
const MOMENT = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d(?::?\d\d)?)?/g;
const STREAM_ID = /\b\d{13}-\d+\b/g;
/** Columns of sequence numbers, which keep counting from run to run. */
const SERIAL_COLUMNS = /^(id|hold|order_?id)$/i;

/** Puts values that differ from run to run in words: items, attempts, times, tokens and serial numbers. */
function wordsFor(requests: PurchaseRequest[]): Word {
  const skus = [...new Set(requests.map(({ sku }) => sku))];
  const names: [string, string][] = [
    ...requests.map(({ attemptId }, i): [string, string] => [attemptId, `T${i + 1}`]),
    ...skus.map((sku, i): [string, string] => [sku, skus.length === 1 ? 'item' : `item ${i + 1}`]),
  ];
  const inWords = (text: string): string => {
    let words = text;
    for (const [from, to] of names) words = words.replaceAll(from, to);
    return words
      .replaceAll(UUID, '<token>')
      .replaceAll(MOMENT, '<time>')
      .replaceAll(STREAM_ID, '<entry>')
      .replaceAll(/\bProcess \d+\b/g, 'Process <pid>');
  };
  const word: Word = (value, column = '') => {
    if (value !== null && SERIAL_COLUMNS.test(column)) return '<number>';
    if (typeof value === 'string') return inWords(value);
    if (typeof value === 'bigint') return String(value);
    if (value instanceof Date) return '<time>';
    if (Array.isArray(value)) return value.map((one) => word(one));
    if (value instanceof Map) return word([...value]);
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).map(([key, one]): [string, unknown] => [key, word(one)]);
      return Object.fromEntries(entries);
    }
    return value;
  };
  return word;
}
