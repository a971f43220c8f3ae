import { setTimeout as delay } from 'node:timers/promises';
import type { AppRequest, RequestSender } from '@/app-under-test/send-request';
import type { AppAnswer } from '@/app-under-test/send-request';
import type { AppOutcome, RowChange } from '@/explorer/judge/outcome-masks';
import { serialOrders, SerialOrders } from '@/explorer/judge/serial-orders';
import type { Comparison } from '@/explorer/judge/serial-orders';
import { straightOn } from '@/explorer/backends/in-process/schedule';
import { DivergedError, UnexplorableError, untilFollowed } from '@/explorer/search/backend';
import type { Backend, Judged, Played, Scheduler } from '@/explorer/search/backend';
import type { AppFindingKind } from '@/model/app-check';
import { letterOf, parseScheduleId } from '@/model/exploration';
import type { AppActor } from './app-actor';
import type { AccessHistory } from './connection-access';
import { drain } from './drain';
import { runAppSchedule } from './run-app-schedule';
import type { AppRun, AppStage } from './run-app-schedule';

export interface PlayedApp extends Played {
  run: AppRun;
  outcome: AppOutcome;
  /** Invariants that do not hold afterwards. */
  broken: readonly string[];
}

/** A serial order, and what came of it. */
export interface SerialOutcome {
  order: readonly number[];
  answers: readonly (AppAnswer | undefined)[];
  /** Invariants that do not hold afterwards, without any concurrency. */
  broken: readonly string[];
  /** Statements that each request sent. */
  statements: readonly number[];
}

export interface AppJudgement extends Judged<AppFindingKind> {
  of: PlayedApp;
  comparison: Comparison;
}

export interface AppBackendDeps extends Pick<AppStage, 'access' | 'rest' | 'redisDb'> {
  actors: readonly AppActor[];
  senders: readonly RequestSender[];
  requests: readonly AppRequest[];
  /** The way back to the start state, and what differs from it now. */
  snapshot: { restoreWritten: () => Promise<unknown>; touchedRows: () => Promise<readonly RowChange[]> };
  /** Moves every sequence on, so that ids differ from those of another run. */
  offsetSequences: (by: number) => Promise<void>;
  isAccepted: (answer: AppAnswer) => boolean;
  /** The user's own invariants that do not hold now. */
  brokenInvariants: () => Promise<string[]>;
  signal?: AbortSignal | undefined;
}

/** After a serial run, which teaches how long a request goes on after its answer, ms. */
const LEARNING_MS = 20;

/** How far sequences are moved before the second run of an order. */
const ID_OFFSET = 1_000;

interface RunOptions extends Pick<AppStage, 'observe'> {
  /** The requests that take part; undefined: all. */
  order?: readonly number[];
  idOffset?: number;
  /** How long to listen for statements after the last answer, ms. */
  quietMs?: number;
}

/**
 * Runs the schedules of requests to an app that knows nothing of it, each request in an instance of its own, one schedule at a time.
 * A schedule is judged by the serial orders, which have to be learned first.
 */
export class AppBackend implements Backend<PlayedApp, AppJudgement> {
  readonly slots = 1;
  readonly serial: SerialOrders;
  readonly serialOutcomes: SerialOutcome[] = [];
  /** What all runs so far have taught of what counts as touched. */
  readonly history: AccessHistory = { readsStart: false };

  constructor(private readonly deps: AppBackendDeps) {
    this.serial = new SerialOrders(deps.isAccepted);
  }

  get attempts(): number {
    return this.deps.requests.length;
  }

  /**
   * Runs every order of every subset of the requests twice, one request after the other.
   *
   * @throws UnexplorableError when an order does not come to the same twice
   */
  async learnSerialOrders(): Promise<void> {
    for (const order of serialOrders(this.attempts)) {
      this.deps.signal?.throwIfAborted();
      const first = await this.playSerially(order);
      const second = await this.playSerially(order, ID_OFFSET);
      this.serial.add(order, first.outcome, second.outcome);
      const { answers } = first.outcome;
      this.serialOutcomes.push({
        order,
        answers,
        broken: first.broken,
        statements: this.countStatements(first),
      });
    }
    if (!this.serial.isRepeatable())
      throw new UnexplorableError('The app does not do the same twice, even one request at a time.');
  }

  /** Whether each request on its own still does what it did at first; false: the app keeps something that restoring does not reach. */
  async isUnchanged(): Promise<boolean> {
    for (const order of serialOrders(this.attempts).filter(({ length }) => length === 1)) {
      const again = await this.playSerially(order);
      const known = this.serialOutcomes.find((one) => one.order.join() === order.join());
      const isSame = known?.statements.join() === this.countStatements(again).join();
      if (!isSame || !this.serial.isAsLearned(order, again.outcome)) return false;
    }
    return true;
  }

  async play(_slot: number, choose: Scheduler): Promise<PlayedApp> {
    let isAbandoned = false;
    const played = await this.runFromStart((enabled, taken) => {
      const token = isAbandoned ? null : choose(enabled, taken);
      isAbandoned ||= token === null;
      // an app has to come to its end before the next schedule
      return token ?? straightOn(enabled, taken);
    });
    return { ...played, run: { ...played.run, isComplete: !isAbandoned } };
  }

  judge(played: readonly PlayedApp[]): Promise<AppJudgement[]> {
    return Promise.resolve(played.map((one) => this.judgeOne(one)));
  }

  discard(): Promise<void> {
    return Promise.resolve();
  }

  replay(id: string): Promise<AppJudgement | undefined> {
    return this.follow(id, {});
  }

  /** Runs a schedule by its id, and reads after every move which rows differ; undefined when the plan has no such schedule. */
  show(id: string): Promise<AppJudgement | undefined> {
    return this.follow(id, { observe: () => this.deps.snapshot.touchedRows() });
  }

  private async follow(id: string, more: Pick<AppStage, 'observe'>): Promise<AppJudgement | undefined> {
    const tokens = parseScheduleId(id);
    if (!tokens) return undefined;
    const inOrder: Scheduler = (_, taken) => tokens[taken.length] ?? null;
    const played = await untilFollowed(() => this.runFromStart(inOrder, more)).catch((error: unknown) => {
      if (error instanceof UnexplorableError) return undefined;
      throw error;
    });
    return played?.run.isComplete && played.run.id === id ? this.judgeOne(played) : undefined;
  }

  private countStatements({ run }: PlayedApp): number[] {
    return this.deps.actors.map(
      ({ index }) => run.moves.filter(({ actor, step }) => actor === index && step !== '(request)').length,
    );
  }

  private get stage(): AppStage {
    const { senders, requests } = this.deps;
    const send = (i: number): Promise<AppAnswer> => {
      const [sender, request] = [senders[i], requests[i]];
      if (!sender || !request) throw new Error(`there is no request ${i}`);
      return sender.send(request);
    };
    return { ...this.deps, history: this.history, send };
  }

  private judgeOne(of: PlayedApp): AppJudgement {
    const comparison = this.serial.compare(of.outcome);
    const { kind } = comparison;
    const kinds: AppFindingKind[] = kind === 'right' || kind === 'unclear' ? [] : [kind];
    const serially = new Set(this.serialOutcomes.flatMap(({ broken }) => broken));
    if (of.broken.some((name) => !serially.has(name))) kinds.push('invariant');
    return {
      of,
      comparison,
      outcomes: of.outcome.answers.map((answer, i) =>
        kind === 'unclear' && comparison.request === i
          ? `unclear (${answer?.status})`
          : this.describe(answer),
      ),
      kinds,
      refusedInVain: [],
    };
  }

  private describe(answer: AppAnswer | undefined): string {
    if (!answer) return 'not sent';
    if (answer.status === 0) return 'no answer';
    return `${this.deps.isAccepted(answer) ? 'accepted' : 'refused'} (${answer.status})`;
  }

  /** Runs some of the requests, each to its end before the next one is sent. */
  private playSerially(order: readonly number[], idOffset = 0): Promise<PlayedApp> {
    const inOrder: Scheduler = (enabled) => {
      const next = order.find((i) => enabled.some(({ actor }) => actor === i));
      return next === undefined ? null : letterOf(next);
    };
    return untilFollowed(() => this.runFromStart(inOrder, { order, idOffset, quietMs: LEARNING_MS }));
  }

  /**
   * Runs a schedule from the start state.
   *
   * @throws DivergedError when a request went on after it was taken to have ended
   */
  private async runFromStart(
    choose: Scheduler,
    { order, idOffset = 0, quietMs = 0, observe }: RunOptions = {},
  ): Promise<PlayedApp> {
    const { actors, snapshot } = this.deps;
    await snapshot.restoreWritten();
    if (idOffset > 0) await this.deps.offsetSequences(idOffset);
    for (const actor of actors) actor.begin(order?.includes(actor.index) ?? true);
    try {
      const run = await runAppSchedule({ ...this.stage, ...(observe && { observe }) }, choose);
      await delay(quietMs);
      const outcome = { answers: run.answers, rows: await snapshot.touchedRows() };
      const broken = await this.deps.brokenInvariants();
      this.refuseStrays();
      return { run, outcome, broken };
    } finally {
      await drain(actors);
    }
  }

  /** A statement that comes at its own time belongs to no schedule. */
  private refuseStrays(): void {
    const strays = this.deps.actors.flatMap((actor) =>
      actor.takeStrays().map(({ statements, command }) => ({
        actor,
        text: command?.text ?? statements.map(({ sql }) => sql).join('; '),
      })),
    );
    const [stray] = strays;
    if (!stray) return;
    const said = `The app of T${stray.actor.index + 1} sent a statement outside of its request: ${stray.text}`;
    if (this.deps.rest.lengthenGrace()) throw new DivergedError(said);
    throw new UnexplorableError(`${said}. If it has nothing to do with the request, name it in \`ignore\`.`);
  }
}
