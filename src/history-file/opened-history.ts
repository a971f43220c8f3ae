import { listEvidence, listLosses, listNaming } from '@/audit/evidence-pages';
import { toAttemptRecord } from '@/model/attempt-record';
import type { AttemptRecord, StoredOrder } from '@/model/attempt-record';
import { LIVE_NAMES, pickColumns } from '@/model/columns';
import type { LiveBatch } from '@/model/columns';
import { orderAttempt, orderIdOf } from '@/model/order-columns';
import { IMPLIED_STEPS } from '@/model/step-kind';
import type { EvidencePage, NamingPage } from '@/model/verdict';
import type { EvidenceKind } from '@/report/collision';
import { INVENTORY_RULES } from '@/scenarios/inventory/audit/audit';
import type { Source } from './bytes';
import type { LaneFile } from './format';
import { raceOfHistory } from './race-of-history';
import type { FindStrategy, HistoryRace } from './race-of-history';
import { readHistory } from './read-history';

/** Most pieces returned for one attempt; more would not help a reader. */
const NAMING_LIMIT = 50;

/** A history file in memory: its race, and what a reader of its page asks of its attempts. */
export class OpenedHistory {
  private constructor(
    readonly history: HistoryRace,
    private readonly lanes: readonly LaneFile[],
    private readonly findStrategy: FindStrategy,
  ) {}

  /** Reads and judges a file. Memory: all of its lanes. @throws HistoryFileError, and what the source throws */
  static async read(source: Source, findStrategy: FindStrategy): Promise<OpenedHistory> {
    const lanes: LaneFile[] = [];
    async function* kept(): AsyncGenerator<LaneFile> {
      for await (const lane of readHistory(source, { keepSteps: true })) {
        lanes.push(lane);
        yield lane;
      }
    }
    return new OpenedHistory(await raceOfHistory(kept(), findStrategy), lanes, findStrategy);
  }

  get writtenBy(): string | null {
    return this.lanes[0]?.header.writtenBy ?? null;
  }

  /** What comes before the number in the ids of a lane's attempts. */
  attemptPrefixes(): string[] {
    return this.lanes.map(({ history }) => history.attemptPrefix);
  }

  /** The columns of each lane that a list of requests shows. */
  requests(): LiveBatch[] {
    return this.lanes.map(({ history }) => ({
      seq: 0,
      count: history.count,
      ...pickColumns(LIVE_NAMES, (_, name) => history[name]),
    }));
  }

  listEvidence(lane: number, kind: EvidenceKind, page: { offset: number; limit: number }): EvidencePage {
    const { history, final } = this.lane(lane);
    return kind === 'losses'
      ? listLosses(INVENTORY_RULES, history, final, page)
      : listEvidence(INVENTORY_RULES, history, final, kind, page);
  }

  listNaming(lane: number, n: number): NamingPage {
    const { history, final } = this.lane(lane);
    return listNaming(INVENTORY_RULES, history, final, history.attemptPrefix + String(n), NAMING_LIMIT);
  }

  /** @throws Error for an attempt that the file does not hold */
  readAttempt(lane: number, n: number): AttemptRecord {
    const { header, history, final, steps } = this.lane(lane);
    const at = history.n.subarray(0, history.count).indexOf(n);
    if (at === -1 || !steps) throw new Error(`The file holds no attempt ${n} in lane ${lane}.`);
    const kinds = { ...IMPLIED_STEPS, ...this.findStrategy(header.strategy)?.steps };
    const { attemptPrefix } = history;
    const batch = { ...history, ...steps, seq: 0, stepNames: header.stepNames };
    const strategy = { kinds, source: null };
    const orders: StoredOrder[] = [];
    for (let o = 0; o < final.orders.count; o += 1) {
      if (orderAttempt(final.orders, o, attemptPrefix) !== n) continue;
      const quantity = final.orders.quantity[o] ?? 0;
      const row = { orderId: orderIdOf(final.orders, o), attemptId: attemptPrefix + String(n), quantity };
      orders.push({ ...row, strategy: header.strategy, createdAt: '' });
    }
    const place = { raceId: this.history.race.id, lane, attemptPrefix };
    return toAttemptRecord(place, batch, at, strategy, orders);
  }

  private lane(index: number): LaneFile {
    const lane = this.lanes[index];
    if (!lane) throw new Error(`The file holds no lane ${index}.`);
    return lane;
  }
}
