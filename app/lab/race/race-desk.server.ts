import { setTimeout as sleep } from 'node:timers/promises';
import { customAlphabet } from 'nanoid';
import PQueue from 'p-queue';
import { nowUs } from '../clock.server';
import type { StoredBatch } from '../event-batch';
import { inTime } from '../in-time.server';
import { LabUnavailableError, refuse } from '../lab-error';
import type { Refusal, Result } from '../lab-error';
import type { LabLog } from '../lab-log';
import type { LoadPlan } from '../load-plan';
import { isOver } from '../race';
import type { LaneSnapshot, RaceOrigin, RacePage, RaceState, RaceView } from '../race';
import type { BatchStore } from '../recording/event-log.server';
import type { RegisteredStrategy } from '../registry.server';
import type { MeasuredPrice } from '../strategy-page';
import type { Cursor, RaceStore } from '../store/race-store.server';
import { ActiveRace } from './active-race.server';
import type { RaceEvents } from './active-race.server';
import { createLanes } from './create-lanes.server';
import { parsePlan } from './parse-plan.server';
import { endEarly, RaceAbortedError, runRace } from './race.server';
import type { RaceDeps } from './race.server';

export interface RaceDeskDeps extends Omit<RaceDeps, 'save'> {
  strategies: Map<string, RegisteredStrategy>;
  races: RaceStore;
  batches: BatchStore;
  poolSize: number;
  owner: { lockClass: number; key: number };
  log: LabLog;
}

/** Races that may wait for their turn. */
const MAX_QUEUED = 20;
const SAVE_AGAIN_MS = 1_000;
/** A strategy's store that does not answer is not waited for longer, ms. */
const CLEAR_MS = 2_000;

/** Lower-case without look-alikes: ids are read aloud and typed. 10 of 30 letters make 5.9e14. */
const newId = customAlphabet('23456789abcdefghjkmnpqrstvwxyz', 10);

/** Takes races in, runs them one at a time, and answers everything about those that run and those that are stored. */
export class RaceDesk {
  private readonly queue = new PQueue({ concurrency: 1 });
  private readonly active = new Map<string, ActiveRace>();
  private readonly ends = new Map<string, Promise<void>>();
  private readonly closing = new AbortController();
  private isClosing = false;

  constructor(
    private readonly deps: RaceDeskDeps,
    private readonly events: RaceEvents,
  ) {}

  async start(input: unknown, origin: RaceOrigin): Promise<Result<{ race: { id: string; url: string } }>> {
    const parsed = parsePlan(input, this.deps.strategies, { fromForm: origin === 'dashboard' });
    if (!parsed.ok) return parsed;
    if (this.isClosing) return refuse(503, 'shutting-down', 'The server is shutting down.');
    if (this.queue.size >= MAX_QUEUED)
      return refuse(
        429,
        'queue-full',
        `${MAX_QUEUED} races are waiting already. Try again when some are done.`,
      );
    const race = this.createRace(parsed.plan, origin);
    await available(this.save(race));
    this.active.set(race.id, race);
    this.ends.set(
      race.id,
      this.queue.add(() => this.run(race)),
    );
    return { ok: true, race: { id: race.id, url: `/races/${race.id}` } };
  }

  async waitFor(id: string): Promise<RaceView | null> {
    await this.ends.get(id);
    return this.get(id);
  }

  async get(id: string): Promise<RaceView | null> {
    if (!isRaceId(id)) return null;
    return this.active.get(id)?.view() ?? available(this.deps.races.get(id));
  }

  async state(id: string): Promise<RaceState | null> {
    if (!isRaceId(id)) return null;
    const race = this.active.get(id);
    if (race) return { status: race.head.status, reason: race.head.reason, lanes: race.lanes.length };
    return available(this.deps.races.status(id));
  }

  async list({ limit, cursor }: { limit: number; cursor?: string }): Promise<Result<RacePage>> {
    const before = cursor === undefined ? undefined : parseCursor(cursor);
    if (before === null) return refuse(400, 'bad-cursor', 'This cursor was not made by this list.');
    const stored = await available(this.deps.races.list({ limit: limit + 1, before }));
    const races = stored.slice(0, limit).map((race) => this.active.get(race.id)?.view() ?? race);
    const last = races.at(-1);
    return {
      ok: true,
      races,
      nextCursor: stored.length > limit && last ? `${last.createdAt}~${last.id}` : null,
    };
  }

  async stop(id: string): Promise<Result> {
    const race = this.active.get(id);
    if (race) {
      this.stopActive(race, 'by request');
      return { ok: true };
    }
    const stored = await this.state(id);
    if (!stored) return unknownRace(id);
    if (isOver(stored.status)) return { ok: true };
    return refuse(409, 'other-server', 'This race runs on another server of this database. Stop it there.');
  }

  async delete(id: string): Promise<Result> {
    const race = await this.state(id);
    if (!race) return unknownRace(id);
    if (this.active.has(id) || !isOver(race.status))
      return refuse(409, 'race-running', 'This race is not over yet. Stop it first.');
    await this.clearStores(id);
    await available(this.deps.races.delete(id));
    return { ok: true };
  }

  async readEvents(id: string, lane: number, from: number, limit: number): Promise<StoredBatch[] | null> {
    const race = this.active.get(id);
    if (race) return race.lanes[lane]?.log.read(id, lane, from, limit) ?? null;
    const stored = await this.state(id);
    if (!stored || lane >= stored.lanes) return null;
    return available(this.deps.batches.read(id, lane, from, limit));
  }

  async measure(strategy: string): Promise<MeasuredPrice | null> {
    return available(this.deps.races.measure(strategy));
  }

  snapshots(id: string): LaneSnapshot[] {
    const lanes = this.active.get(id)?.lanes ?? [];
    return lanes.map((lane) => ({
      lane: lane.view(),
      inFlight: lane.inFlight,
      remainingMs: lane.status === 'running' ? lane.remainingMs((nowUs() - lane.epochUs) / 1_000) : null,
    }));
  }

  async close(graceMs: number): Promise<void> {
    this.isClosing = true;
    for (const race of this.active.values()) this.stopActive(race, 'because the server was shut down');
    const grace = sleep(graceMs, undefined, { ref: false }).then(() => {
      const reason = new RaceAbortedError(
        'The server was shut down before what was in flight had come back.',
      );
      for (const race of this.active.values()) race.abort(reason);
      this.closing.abort();
    });
    await Promise.race([this.queue.onIdle(), grace.then(() => this.queue.onIdle())]);
    this.closing.abort();
  }

  /** What a race left in stores of its strategies' own, if its server died before clearing them. */
  private async clearStores(id: string): Promise<void> {
    const lanes = (await available(this.deps.races.get(id)))?.lanes ?? [];
    for (const { strategy, sku } of lanes) {
      const storage = this.deps.strategies.get(strategy)?.storage;
      const cleared = storage?.clear(this.deps.storage, sku) ?? Promise.resolve();
      await inTime(cleared, CLEAR_MS).catch((error: unknown) => {
        this.deps.log.warn({ race: id, error }, 'a strategy’s store could not be cleared');
      });
    }
  }

  private createRace(plan: LoadPlan, origin: RaceOrigin): ActiveRace {
    const id = newId();
    const lanes = createLanes(id, plan, this.deps);
    const head = {
      id,
      status: 'queued' as const,
      origin,
      reason: null,
      createdAt: new Date().toISOString(),
      startedAt: null,
      finishedAt: null,
      plan,
      poolSize: this.deps.poolSize,
      rampMs: 0,
    };
    return new ActiveRace(head, lanes, this.events);
  }

  private async run(race: ActiveRace): Promise<void> {
    const { log } = this.deps;
    const { id, head } = race;
    log.info({ race: id, plan: head.plan }, 'race started');
    await runRace(race, { ...this.deps, save: (running) => this.save(running) });
    log.info({ race: id, status: head.status, reason: head.reason }, 'race over');
    if (await this.saveForSure(race)) this.active.delete(id);
    this.ends.delete(id);
  }

  /** A race that still waits for its turn is over at once; one that runs drains first. */
  private stopActive(race: ActiveRace, reason: string): void {
    race.stop(reason);
    if (race.head.status === 'queued') endEarly(race);
  }

  private save(race: ActiveRace): Promise<void> {
    const { lanes } = race.view();
    return this.deps.races.save(race.head, this.deps.owner.key, lanes);
  }

  /** Writes the end of a race; while the database is away the race is served from memory and written again. */
  private async saveForSure(race: ActiveRace): Promise<boolean> {
    try {
      await this.save(race);
      return true;
    } catch (error) {
      this.deps.log.error({ race: race.id, error }, 'race could not be stored; trying again');
      void this.saveLater(race);
      return false;
    }
  }

  private async saveLater(race: ActiveRace): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      await sleep(SAVE_AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
      const isSaved = await this.save(race).then(
        () => true,
        () => false,
      );
      if (isSaved) return void this.active.delete(race.id);
    }
  }
}

function isRaceId(id: string): boolean {
  return /^[0-9a-z]{1,32}$/.test(id);
}

function unknownRace(id: string): Refusal {
  return refuse(404, 'unknown-race', `There is no race ${id}.`);
}

function parseCursor(cursor: string): Cursor | null {
  const [createdAt = '', id = ''] = cursor.split('~');
  const isDate = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(createdAt) && !Number.isNaN(Date.parse(createdAt));
  return isDate && isRaceId(id) ? { createdAt: new Date(createdAt), id } : null;
}

/** The lab's own rows, or word that they cannot be had. */
async function available<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    throw new LabUnavailableError(
      'The lab’s database does not answer. Races are kept there; try again shortly.',
      {
        cause: error,
      },
    );
  }
}
