import type { PrismaClient } from '@/generated/prisma/client';
import { letterOf } from '@/model/exploration';
import { LEVELS } from '@/model/isolation';
import type { IsolationCase, IsolationCell, IsolationReport, Level } from '@/model/isolation';
import type { StepKind } from '@/model/step-kind';
import type { StrategyResult, PurchaseContext } from '@/model/strategy';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { describeMoves } from '../judge/describe-schedule';
import { runSchedule } from '../backends/in-process/run-schedule';
import { straightOn } from '@/explorer/backends/in-process/schedule';
import type { Slot, StepScheduler } from '@/explorer/backends/in-process/schedule';
import { SCRIPTS } from './scripts';
import type { Line, Script, Seen } from './script';

const ISOLATION = {
  'READ COMMITTED': 'ReadCommitted',
  'REPEATABLE READ': 'RepeatableRead',
  SERIALIZABLE: 'Serializable',
} as const;

interface Row {
  id: number;
  value: number;
}

/**
 * Runs the scripts of Hermitage through the same stepper as attempts, at every level of the connected server. This
 * checks the explorer against a published reference, and the server against what is published about it.
 */
export async function runScripts(slot: Slot, db: PrismaClient): Promise<IsolationReport> {
  const cases: IsolationCase[] = [];
  for (const script of SCRIPTS) {
    const cells: IsolationCell[] = [];
    // one after another: SERIALIZABLE tracks reads by the page, and would see the rows of another script
    for (const level of LEVELS) cells.push(await runScript(slot, db, script, level));
    const { id, title, meaning } = script;
    cases.push({ id, title, meaning, cells });
  }
  return {
    server: 'PostgreSQL',
    version: await slot.monitor.version(),
    levels: LEVELS,
    cases,
    equalsPublished: cases.every(({ cells }) => cells.every(({ occurs, published }) => occurs === published)),
  };
}

async function runScript(slot: Slot, db: PrismaClient, script: Script, level: Level): Promise<IsolationCell> {
  const run = `isolation-${script.id}-${level}`;
  const start = [
    { run, id: 1, value: 10 },
    { run, id: 2, value: 20 },
  ];
  await db.$transaction([
    db.isolationRow.deleteMany({ where: { run } }),
    db.isolationRow.createMany({ data: start }),
  ]);
  const count = Math.max(...script.lines.map(({ transaction }) => transaction));
  const reads = Array.from({ length: count }, (): Row[][] => []);
  const strategies = reads.map((own, i) => toStrategy(script, i + 1, level, own));
  const requests = reads.map((_, i) => ({ sku: run, quantity: 1, attemptId: `${run}/${i}` }));
  const events = { crash: false, comparesTimes: false, leaseExpiry: false, maxRetries: 0, seed: 1 };
  const input = { ...events, strategies, requests };
  const ran = await runSchedule(slot, input, follow(script.lines));
  const rows = await db.isolationRow.findMany({ where: { run } });
  await db.isolationRow.deleteMany({ where: { run } });
  const seen: Seen = {
    reads: (transaction) => reads[transaction - 1] ?? [],
    committed: (transaction) => ran.receipts[transaction - 1]?.result.outcome === 'accepted',
    final: new Map(rows.map(({ id, value }) => [id, value])),
  };
  return {
    level,
    occurs: script.occurs(seen),
    published: script.publishedAt.includes(level),
    moves: describeMoves(ran, requests),
  };
}

/** What the abort of a script throws. */
class Aborted extends Error {}

/** One transaction of a script as a strategy that the stepper can run, with a step for each line. */
function toStrategy(script: Script, transaction: number, level: Level, reads: Row[][]): RegisteredStrategy {
  const own = script.lines.filter((line) => line.transaction === transaction).map(({ does }) => does);
  const statements = own.filter((does) => does !== 'commit');
  const steps = Object.fromEntries(statements.map((does): [string, StepKind] => [does, 'sql']));
  const purchase = async (
    { step, transaction: open }: PurchaseContext,
    sku: string,
  ): Promise<StrategyResult> =>
    open(
      async (tx) => {
        for (const does of statements) {
          await step(does, async () => {
            if (does === 'abort') throw new Aborted('abort');
            if (does.startsWith('select')) reads.push(await tx.$queryRawUnsafe<Row[]>(does, sku));
            else await tx.$executeRawUnsafe(does, sku);
          });
        }
        return { outcome: 'accepted', orderId: 'none', remaining: null };
      },
      { isolationLevel: ISOLATION[level] },
    );
  return {
    id: script.id,
    name: script.title,
    expected: 'unsafe',
    summary: script.meaning,
    anomaly: 'write skew',
    price: '',
    usedBy: [],
    references: [],
    idempotent: false,
    stores: ['postgres'],
    steps,
    stepNames: Object.keys(steps),
    stepKinds: Object.values(steps),
    source: '',
    purchase: (context, { sku }) => purchase(context, sku),
  };
}

/** Takes the lines in order and skips one that waits or has failed; what is left at the end goes on by itself. */
function follow(script: Line[]): StepScheduler {
  let at = 0;
  return (options, moves) => {
    const begin = options.find(({ step }) => step === 'begin');
    if (begin) return begin.token;
    while (at < script.length) {
      const line = script[at];
      at += 1;
      const token = letterOf((line?.transaction ?? 1) - 1);
      if (options.some((option) => option.token === token)) return token;
    }
    return straightOn(options, moves);
  };
}
