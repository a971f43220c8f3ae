// What a history file costs: writing and reading a lane, and its verdict from the file. Each in a process of its own, so
// that the peak of its memory is its own.
import { execFileSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { auditHistory } from '@/history-file/audit-history';
import { readHistory } from '@/history-file/read-history';
import { writeHistory } from '@/history-file/write-history';
import { eachOrder } from '@/model/order-columns';
import { correctCase } from './support/audit-histories';
import { describeMachine, printTable } from './support/report';

const SIZES = [10_000, 100_000, 1_000_000];
const MIB = 2 ** 20;
const CHILD_FLAG = '--measure-one';

interface Measured {
  s: number;
  auditS: number;
  peakBytes: number;
}

const WORK = {
  write: async (file: string, count: number): Promise<number> => {
    const { history, final } = correctCase(count);
    const { attemptPrefix, ...columns } = history;
    const header = { strategy: 'bench', initialStock: final.initialStock, attemptPrefix };
    const lane = { header, batches: [columns], orders: eachOrder(final.orders), final };
    await pipeline(writeHistory(lane), createWriteStream(file));
    return 0;
  },
  read: async (file: string): Promise<number> => {
    let auditS = 0;
    for await (const lane of readHistory(createReadStream(file))) {
      const start = performance.now();
      auditHistory(lane);
      auditS += (performance.now() - start) / 1_000;
    }
    return auditS;
  },
};

type WorkName = keyof typeof WORK;

function measure(name: WorkName, file: string, count: number): Measured {
  const self = fileURLToPath(import.meta.url);
  const args = ['--import', 'tsx', self, CHILD_FLAG, name, file, String(count)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measured;
}

async function measureHere(name: WorkName, file: string, count: number): Promise<Measured> {
  const start = performance.now();
  const auditS = await WORK[name](file, count);
  const s = (performance.now() - start) / 1_000;
  return { s, auditS, peakBytes: process.resourceUsage().maxRSS * 1_024 };
}

const [flag, name, file = '', count] = process.argv.slice(2);
if (flag === CHILD_FLAG) {
  console.log(JSON.stringify(await measureHere(name as WorkName, file, Number(count))));
} else {
  const folder = mkdtempSync(join(tmpdir(), 'oversell-history-'));
  try {
    console.log(describeMachine());
    printTable(
      SIZES.map((attempts) => {
        const path = join(folder, `${attempts}.ndjson`);
        const written = measure('write', path, attempts);
        const read = measure('read', path, attempts);
        return {
          attempts,
          'file, MiB': statSync(path).size / MIB,
          'make and write, s': written.s,
          'read and audit, s': read.s,
          'of it the audit, s': read.auditS,
          'peak of reading, MiB': read.peakBytes / MIB,
        };
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
