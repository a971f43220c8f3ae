import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '@/services/env';
import { createAppServer, withAppDatabase, type AppServer } from '../../fixtures/app-database/app-server';
import { dump } from '../../fixtures/app-database/dump';
import { ODD_SCHEMA } from '../../fixtures/app-database/odd-schema';

const KILLS = Number(process.env.KILLS ?? 6);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

let folder: string;
let program: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oversell-test-'));
  program = join(folder, 'exploring-child.mjs');
  // compiled once, as loading TypeScript takes longer than an exploration
  await build({
    absWorkingDir: projectRoot,
    entryPoints: ['tests/fixtures/app-database/exploring-child.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire('${projectRoot}/package.json');`,
    },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How long each phase of an exploration took: from the line that begins it to the next one. */
type Phases = { name: string; ms: number }[];

/** When to kill it: so long after a phase has begun. With `waits` it does not leave that phase by itself. */
interface Kill {
  phase: string;
  afterMs: number;
  waits?: true;
}

/** @param kill never when undefined */
async function explore(url: string, kill?: Kill): Promise<Phases> {
  const child = spawn(process.execPath, [program, url, ...(kill?.waits ? [kill.phase] : [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const phases: Phases = [];
  let begun = performance.now();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const name of text.trim().split('\n')) {
      const last = phases.at(-1);
      if (last) last.ms = performance.now() - begun;
      begun = performance.now();
      phases.push({ name, ms: 0 });
      if (name === kill?.phase) setTimeout(() => child.kill('SIGKILL'), kill.afterMs);
    }
  });
  await gone;
  if (child.exitCode !== null && child.exitCode !== 0) throw new Error(`the child failed: ${complaint}`);
  return phases;
}

/** What the next process does about a run that was killed. @returns what it found */
async function recover(server: AppServer): Promise<'nothing' | 'snapshot'> {
  // the connections of the killed process end with their last statements
  await expect
    .poll(() =>
      server.query(`select pid from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()`, [
        server.name,
      ]),
    )
    .toEqual([]);
  return withAppDatabase(
    server.url,
    async (database) => {
      const leftovers = await database.findLeftovers();
      for (const leftover of leftovers) {
        expect(leftover).toMatchObject({ isComplete: true });
        expect(leftover.madeBy).toMatch(/^oversell check pid \d+ since 20/);
        expect(Math.abs(Date.now() - leftover.madeAt!.getTime())).toBeLessThan(600_000);
        await expect(database.takeSnapshot()).rejects.toMatchObject({ kind: 'leftover' });
        await database.restoreLeftover(leftover);
      }
      expect(await database.findLeftovers()).toEqual([]);
      return leftovers.length > 0 ? 'snapshot' : 'nothing';
    },
    { lockTimeoutMs: 60_000 },
  );
}

test(`a run that is killed at any of ${KILLS} moments (seed ${SEED}) loses no row and leaves nothing behind`, async () => {
  const server = await createAppServer(ODD_SCHEMA);
  try {
    const before = await dump(server.url);
    const whole = await explore(server.url);
    expect(whole.map(({ name }) => name)).toEqual(['started', 'copied', 'written', 'finished']);
    expect(await dump(server.url)).toEqual(before);

    const random = xoroshiro128plus(SEED);
    for (let kill = 0; kill < KILLS; kill += 1) {
      // each phase gets as many kills as the others, however short it is
      const { name: phase, ms } = whole[kill % (whole.length - 1)]!;
      const afterMs = (uniformInt(random, 0, 1_000_000) / 1_000_000) * ms;
      await explore(server.url, { phase, afterMs });
      const found = await recover(server);
      const moment = `${phase} + ${afterMs.toFixed(1)} of ${ms.toFixed(1)} ms: ${found}`;
      expect(await dump(server.url), `seed ${SEED}, kill ${kill}, ${moment}`).toEqual(before);
    }
  } finally {
    await server.drop();
  }
});

test.for([
  ['started', 'nothing'],
  ['copied', 'snapshot'],
  ['written', 'snapshot'],
] as const)('of a run that is killed when it has %s the next one finds: %s', async ([phase, expected]) => {
  const server = await createAppServer(ODD_SCHEMA);
  try {
    const before = await dump(server.url);
    await explore(server.url, { phase, afterMs: 0, waits: true });
    expect(await recover(server)).toBe(expected);
    expect(await dump(server.url)).toEqual(before);
  } finally {
    await server.drop();
  }
});
