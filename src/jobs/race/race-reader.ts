import { nowUs } from '@/lib/clock';
import type { Result } from '@/lib/lab-error';
import type { AttemptRecord } from '@/model/attempt-record';
import type { Batch } from '@/model/columns';
import { toListed, toSummary } from '@/model/race';
import type { LaneSnapshot, RacePage, RaceState, RaceView } from '@/model/race';
import type { RunningJob } from '@/model/job';
import type { MeasuredPrice } from '@/model/strategy-page';
import type { RaceFilter } from '@/plan/race-query';
import type { AttemptQuery, EvidenceQuery } from '@/plan/input-schemas';
import type { RegisteredStrategy } from '@/scenarios/registry';
import type { Scenario } from '@/scenarios/scenario';
import { isId, readCursor, writeCursor } from '@/store/list-page';
import type { WantedPage } from '@/store/list-page';
import type { Jobs } from '../jobs';
import type { StoredReads } from '../stored-reads';
import type { ActiveRace } from './active-race';
import { readAttempt, readEvidencePage, readNaming } from './evidence';
import type { EvidenceAnswer, NamingAnswer } from './evidence';
import { exportRace } from './export-race';
import type { ExportFormat, RaceExport } from './export-race';

export interface RaceReaderDeps {
  strategies: Map<string, RegisteredStrategy>;
  /** What viewers read. */
  reads: StoredReads;
  /** Name and version of the program, written to files. */
  writtenBy: string;
  scenario: Scenario;
}

/** A page of the races that match a filter; of all races without one. */
export interface WantedRaces extends WantedPage {
  filter?: RaceFilter;
}

/** Reads races: those that this server runs from memory, all others from the store. */
export class RaceReader {
  constructor(
    private readonly deps: RaceReaderDeps,
    private readonly active: Pick<Jobs<ActiveRace>, 'get' | 'all' | 'running' | 'unknown'>,
  ) {}

  /** The race that is running; null if none is. */
  runningJob(): RunningJob | null {
    const running = this.active.running();
    if (!running) return null;
    const asked = running.lanes.filter(({ role }) => role === 'contestant');
    return { kind: 'race', id: running.id, names: asked.map(({ strategy }) => strategy.name) };
  }

  async get(id: string): Promise<RaceView | null> {
    if (!isId(id)) return null;
    return this.active.get(id)?.view() ?? this.deps.reads.small(({ races }) => races.get(id));
  }

  async state(id: string): Promise<RaceState | null> {
    if (!isId(id)) return null;
    const race = this.active.get(id);
    if (race) {
      const { status, reason, experiment } = race.head;
      return { status, reason, lanes: race.lanes.length, experiment };
    }
    return this.deps.reads.small(({ races }) => races.status(id));
  }

  async list({ limit, cursor, filter = {} }: WantedRaces): Promise<Result<RacePage>> {
    const from = readCursor(cursor);
    if (!from.ok) return from;
    const live = this.active.all().map(({ id, head }) => ({ id, status: head.status }));
    const named = this.findNamed(filter.strategy);
    const stored = await this.deps.reads.large((stores) =>
      stores.races.list({ limit, before: from.before, filter, named, live }),
    );
    const races = stored.races.map((race) => {
      const active = this.active.get(race.id);
      return toListed(active ? toSummary(active.view()) : race);
    });
    const { last } = stored;
    return {
      ok: true,
      races,
      nextCursor: last && writeCursor({ id: last.id, createdAt: last.createdAt.toISOString() }),
    };
  }

  async readEvents(id: string, lane: number, from: number, limit: number): Promise<Batch[] | null> {
    const race = this.active.get(id);
    if (race) return race.lanes[lane]?.log.read(from, limit) ?? null;
    const stored = await this.state(id);
    if (!stored || lane >= stored.lanes) return null;
    return this.deps.reads.small(({ batches }) => batches.read(id, lane, from, limit));
  }

  async export(id: string, format: ExportFormat, lane?: number): Promise<Result<{ file: RaceExport }>> {
    const { reads, writtenBy, scenario } = this.deps;
    const race = await this.get(id);
    if (!race) return this.active.unknown(id);
    const exported = await reads.large((stores) =>
      exportRace({ ...stores, writtenBy, scenario }, race, format, lane),
    );
    if (!exported.ok) return exported;
    const { fileName, pieces } = exported.file;
    return { ok: true, file: { fileName, pieces: reads.export(pieces) } };
  }

  async measure(strategy: string): Promise<MeasuredPrice | null> {
    return this.deps.reads.small(({ races }) => races.measure(strategy));
  }

  snapshots(id: string): LaneSnapshot[] {
    const lanes = this.active.get(id)?.lanes ?? [];
    return lanes.map((lane) => ({
      lane: lane.view(),
      inFlight: lane.inFlight,
      remainingMs: lane.status === 'running' ? lane.remainingMs((nowUs() - lane.epochUs) / 1_000) : null,
    }));
  }

  async listEvidence(id: string, query: EvidenceQuery): Promise<Result<{ page: EvidenceAnswer }>> {
    const race = await this.get(id);
    if (!race) return this.active.unknown(id);
    return this.deps.reads.large((stores) => readEvidencePage(stores, race, query));
  }

  async listNaming(id: string, query: AttemptQuery): Promise<Result<{ naming: NamingAnswer }>> {
    const race = await this.get(id);
    if (!race) return this.active.unknown(id);
    return this.deps.reads.large((stores) => readNaming(stores, race, query));
  }

  async getAttempt(id: string, query: AttemptQuery): Promise<Result<{ attempt: AttemptRecord }>> {
    const race = await this.get(id);
    if (!race) return this.active.unknown(id);
    const { reads, strategies } = this.deps;
    const sources = {
      batches: async (seq: number, limit: number) =>
        (await this.readEvents(id, query.lane, seq, limit)) ?? [],
      orders: (attempt: { sku: string; attemptId: string }) =>
        reads.small(({ orders }) => orders.ofAttempt(attempt)),
      strategies,
    };
    return readAttempt(sources, race, query);
  }

  /** Ids of the strategies with this text in their name. */
  private findNamed(text = ''): string[] {
    const part = text.toLowerCase();
    return [...this.deps.strategies.values()]
      .filter(({ name }) => name.toLowerCase().includes(part))
      .map(({ id }) => id);
  }
}
