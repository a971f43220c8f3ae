import type { HeaderFacts } from '@/history-file/format';
import { writeJepsen } from '@/history-file/jepsen-history';
import { writeHistory } from '@/history-file/write-history';
import type { BatchToWrite } from '@/history-file/write-history';
import { refuse } from '@/lib/lab-error';
import type { Result } from '@/lib/lab-error';
import { attemptPrefixOf } from '@/model/history';
import { isOver } from '@/model/job';
import type { RaceView } from '@/model/race';
import type { Scenario } from '@/scenarios/scenario';
import { findChange, openRecordedLane, readEvidence } from '@/recording/recorded-lane';
import type { RecordedLane, RecordedLaneDeps } from '@/recording/recorded-lane';

/** Export formats of the judged lanes of a race: history files of this project, and Jepsen's. */
export type ExportFormat = 'ndjson' | 'edn';

export interface ExportDeps extends RecordedLaneDeps {
  /** Name and version of the program, written to the file. */
  writtenBy: string;
  scenario: Pick<Scenario, 'id'>;
}

export interface RaceExport {
  fileName: string;
  /** Throws, rather than ends early, when the store no longer has what was judged. */
  pieces: AsyncIterable<Uint8Array>;
}

/**
 * Opens an export of the judged lanes of a race, or of one of them. All refusals happen here, before the first piece:
 * an unknown lane, a race that is not over, lanes that were not judged, and lanes whose event log or orders table no
 * longer holds what was counted.
 */
export async function exportRace(
  deps: ExportDeps,
  race: RaceView,
  format: ExportFormat,
  only?: number,
): Promise<Result<{ file: RaceExport }>> {
  if (!isOver(race.status))
    return refuse('conflict', 'race-running', 'This race is not over yet. Export it when it is.');
  const opened = openLanes(deps, race, only);
  if (!opened.ok) return opened;
  const { lanes } = opened;
  for (const lane of lanes) {
    const changed = await findChange(deps, lane);
    if (changed) return changed;
  }
  const name = only === undefined ? race.id : `${race.id}-lane-${only}`;
  const pieces = format === 'ndjson' ? writeLanes(lanes, deps) : writeOperations(lanes);
  return { ok: true, file: { fileName: `oversell-race-${name}.${format}`, pieces } };
}

function openLanes(
  deps: ExportDeps,
  race: RaceView,
  only: number | undefined,
): Result<{ lanes: RecordedLane[] }> {
  const wanted = only === undefined ? race.lanes.map(({ index }) => index) : [only];
  const opened = wanted.map((index) => openRecordedLane(deps, race, index));
  const lanes = opened.flatMap((one) => (one.ok ? [one.recorded] : []));
  const refused = opened.find((one) => !one.ok);
  if (lanes.length > 0) return { ok: true, lanes };
  return refused ?? refuse('conflict', 'not-judged', `Race ${race.id} has no lane.`);
}

async function* writeLanes(
  lanes: RecordedLane[],
  { writtenBy, scenario }: Pick<ExportDeps, 'writtenBy' | 'scenario'>,
): AsyncGenerator<Uint8Array> {
  const exportedAt = new Date().toISOString();
  for (const [i, recorded] of lanes.entries()) {
    const { lane, rows } = recorded;
    const stepNames = await stepNamesOf(recorded);
    const header = {
      ...{ writtenBy, exportedAt, part: [i + 1, lanes.length] as [number, number], stepNames },
      ...describeLane(recorded),
      // the inventory is what a file without a word is about
      ...(scenario.id !== 'inventory' && { scenario: scenario.id }),
    };
    const expected = { attempts: lane.counts.attempts, orders: lane.orders.count };
    const batches = batchesOf(recorded, stepNames);
    yield* writeHistory({ header, batches, orders: recorded.orders(), final: rows, expected });
  }
}

function describeLane({ race, lane, rows }: RecordedLane): Omit<HeaderFacts, 'stepNames'> {
  const { control } = lane;
  return {
    raceId: race.id,
    lane: lane.index,
    strategy: lane.strategy,
    expected: lane.expected,
    sku: lane.sku,
    initialStock: rows.initialStock,
    attemptPrefix: attemptPrefixOf(race.id, lane.index),
    plan: { ...race.plan, poolSize: race.poolSize },
    stopped: rows.stopped,
    control: control ? { strategy: control.strategy, broke: control.broke } : undefined,
  };
}

/** The step names of all batches, as the strategy declares them. */
async function stepNamesOf({ batches }: RecordedLane): Promise<string[]> {
  for await (const { stepNames } of batches()) return [...stepNames];
  return [];
}

async function* batchesOf({ batches }: RecordedLane, stepNames: string[]): AsyncGenerator<BatchToWrite> {
  for await (const batch of batches()) {
    // only a log written by two versions of a strategy has different names
    const isSame = batch.stepNames.every((name, i) => name === stepNames[i]);
    const { steps: _steps, stepOffset: _offset, ...unnamed } = batch;
    yield isSame ? batch : unnamed;
  }
}

async function* writeOperations(lanes: RecordedLane[]): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let start = { lane: 0, index: 0, process: 0 };
  for (const recorded of lanes) {
    const read = await readEvidence(recorded);
    if (!read.ok) throw new Error(read.error.message);
    const pieces = writeJepsen(read.history, read.final, { ...start, lane: recorded.lane.index });
    for (let piece = pieces.next(); ; piece = pieces.next()) {
      if (piece.done) {
        start = piece.value;
        break;
      }
      yield encoder.encode(piece.value);
    }
  }
}
