import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PrismaClient } from '@/generated/prisma/client';
import { ActiveRace } from '@/jobs/race/active-race';
import type { LabEvents } from '@/lab/lab';
import { nowUs } from '@/lib/clock';
import { packBatch } from '@/load/packed-batch';
import { allocateBatch, COLUMN_NAMES, initialOf, specOf } from '@/model/columns';
import type { Batch } from '@/model/columns';
import type { LaneSnapshot, RaceView } from '@/model/race';
import { PLAN_DEFAULTS } from '@/plan/load-plan';
import { LaneRecorder } from '@/recording/lane-recorder';
import { advance } from '../../tests/fixtures/lanes/lane-view';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { createBatchStore } from '@/store/batch-store';
import { createRaceStore } from '@/store/race-store';
import { newId } from '@/store/list-page';

/** As the load thread hands over: every 50 ms, 512 attempts at most in a batch. */
const FLUSH_MS = 50;
const BATCH = 512;
/** Units on sale; one attempt in ten takes one. */
const STOCK = 1_000;

export interface Fed {
  fed: number;
  fedS: number;
  stored: number;
  mostUnstored: number;
  cores: number;
  grownMib: number;
}

/** A race without buyers: recorders, stored log and live channel, fed with attempts as load threads hand them over. */
export class FedRace {
  readonly events = new EventEmitter<LabEvents>();

  private constructor(private readonly race: ActiveRace) {}

  /** Opens a race of so many lanes; its rows are what the log refers to. */
  static async open(db: PrismaClient, laneCount: number, stepNames = ['read', 'write']): Promise<FedRace> {
    const id = newId();
    const names = Array.from({ length: laneCount }, (_, i) => (i === 0 ? 'bench-unsafe' : `bench-safe-${i}`));
    const plan = {
      ...PLAN_DEFAULTS,
      stock: STOCK,
      strategies: names,
      attempts: 1_000_000,
      seed: 1,
    };
    const store = createBatchStore(db);
    const lanes = names.map((name, index) => {
      const strategy = {
        id: name,
        name,
        expected: index === 0 && laneCount > 1 ? 'unsafe' : 'safe',
        stepNames,
        stepKinds: stepNames,
      } as unknown as RegisteredStrategy;
      const lane = new LaneRecorder(id, index, strategy, `race.${id}.${index}`, plan, store);
      advance(lane, 'running');
      lane.epochUs = nowUs();
      return lane;
    });
    const createdAt = new Date().toISOString();
    const times = { createdAt, startedAt: createdAt, finishedAt: null };
    const facts = { origin: 'api' as const, reason: null, poolSize: 1, rampMs: 0, experiment: null };
    const head = { id, status: 'running' as const, plan, ...times, ...facts };
    const none = { state: () => undefined, appended: () => undefined, lane: () => undefined };
    const race = new ActiveRace(head, lanes, none);
    await createRaceStore(db).save(
      head,
      0,
      lanes.map((lane) => lane.view()),
    );
    return new FedRace(race);
  }

  get id(): string {
    return this.race.id;
  }

  get epochUs(): number {
    return this.race.lanes[0]?.epochUs ?? Number.NaN;
  }

  view(): RaceView {
    return this.race.view();
  }

  snapshots(): LaneSnapshot[] {
    return this.race.lanes.map((lane) => ({
      lane: lane.view(),
      inFlight: lane.inFlight,
      remainingMs: null,
    }));
  }

  readEvents(index: number, from: number, limit: number): Promise<Batch[] | null> {
    const lane = this.race.lanes[index];
    return lane ? lane.log.read(from, limit) : Promise.resolve(null);
  }

  /** Feeds every lane an equal part of the rate; `emit` tells the live channel. */
  async feed(perSecond: number, seconds: number, emit: (raceId: string, lane: number) => void): Promise<Fed> {
    const { lanes } = this.race;
    const cpu = process.cpuUsage();
    const startUs = nowUs();
    const total = Math.round((perSecond * seconds) / lanes.length);
    for (const lane of lanes) lane.epochUs = startUs;
    const startRss = process.memoryUsage.rss();
    let [mostUnstored, peakRss] = [0, startRss];
    for (let fed = 0, beforeUs = 0; fed < total;) {
      await sleep(FLUSH_MS);
      const atUs = nowUs() - startUs;
      const due = Math.min(total, Math.floor(((atUs / 1e6) * perSecond) / lanes.length));
      for (const lane of lanes) {
        for (let next = fed; next < due; next += BATCH) {
          const batch = makeBatch(next, Math.min(BATCH, due - next), beforeUs, atUs);
          lane.record({ batch, packed: packBatch(batch) }, 64);
          emit(this.id, lane.index);
        }
        lane.sampleStock(Math.max(0, STOCK - lane.sold), lane.sold, atUs / 1_000);
        mostUnstored = Math.max(mostUnstored, lane.log.unstored);
      }
      fed = due;
      beforeUs = atUs;
      peakRss = Math.max(peakRss, process.memoryUsage.rss());
    }
    const fedS = (nowUs() - startUs) / 1e6;
    const { user, system } = process.cpuUsage(cpu);
    await Promise.all(lanes.map((lane) => lane.log.flushed()));
    return {
      fed: total * lanes.length,
      fedS,
      stored: lanes.reduce((sum, lane) => sum + lane.log.stored, 0),
      mostUnstored,
      cores: (user + system) / 1e6 / fedS,
      grownMib: (peakRss - startRss) / 2 ** 20,
    };
  }
}

/** Attempts that have just returned, two steps each. */
function makeBatch(first: number, count: number, fromUs: number, untilUs: number): Batch {
  const batch = allocateBatch(count, count * 6, ['read', 'write']);
  for (const name of COLUMN_NAMES) batch[name].fill(initialOf(specOf(name)));
  for (let i = 0; i < count * 6; i += 1) batch.steps[i] = i % 3 === 0 ? (i / 3) % 2 : (i * 37) % 900;
  for (let i = 0; i <= count; i += 1) batch.stepOffset[i] = i * 6;
  for (let i = 0; i < count; i += 1) {
    batch.n[i] = first + i;
    batch.return[i] = Math.round(fromUs + ((untilUs - fromUs) * (i + 1)) / count);
    batch.call[i] = (batch.return[i] ?? 0) - 2_000 - ((first + i) % 50) * 40;
    batch.outcome[i] = (first + i) % 10 === 0 ? 0 : 1;
    batch.status[i] = 200;
    batch.remaining[i] = (first + i) % 1_000;
  }
  return batch;
}
