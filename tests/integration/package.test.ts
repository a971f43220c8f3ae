/** @module-tag long */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '@/services/env';

const run = promisify(execFile);

interface Packed {
  filename: string;
  size: number;
  files: { path: string }[];
}

/** Empty but for the installed package; the program keeps its data below `home`. */
let folder: string;
let packed: Packed;

/** As a user calls it, who has neither settings nor servers; the program runs in production by itself. */
function userEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME, REDIS_SERVER_BIN } = process.env;
  return { NODE_ENV: 'development', PATH, HOME, REDIS_SERVER_BIN, XDG_DATA_HOME: join(folder, 'home') };
}

async function oversell(...args: string[]): Promise<string> {
  const program = join(folder, 'node_modules', '.bin', 'oversell');
  return (await run(program, args, { cwd: folder, env: userEnv(), maxBuffer: 64 * 1024 * 1024 })).stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oversell-package-'));
  // PostgreSQL runs as another account where the test runs as root, and keeps its data elsewhere if it cannot get here
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'home'));
  const pack = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: projectRoot,
    env: { ...process.env, NODE_ENV: 'production' },
    maxBuffer: 64 * 1024 * 1024,
  });
  const json = pack.stdout.slice(pack.stdout.search(/^[[{]/m));
  packed = Object.values(JSON.parse(json) as Record<string, Packed>)[0]!;
  await writeFile(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }');
  const flags = ['--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['install', ...flags, join(folder, packed.filename)], { cwd: folder, env: userEnv() });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the package is small and holds only what runs', () => {
  expect(packed.size).toBeLessThan(3_000_000);
  const tops = new Set(packed.files.map(({ path }) => path.split('/').slice(0, 2).join('/')));
  expect([...tops].sort()).toEqual(
    [
      'LICENSE',
      'README.md',
      'build/client',
      'build/program',
      'build/server',
      'build/types',
      'package.json',
      'prisma/migrations',
      'prisma/schema.prisma',
    ].sort(),
  );
  expect(packed.files.filter(({ path }) => /\.(map|test\.ts)$|\/\./.test(path))).toEqual([]);
});

test('the command races, reports, compares and judges, and keeps its data outside of the package', async () => {
  expect(await oversell('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await oversell('strategies')).split('\n').length).toBeGreaterThan(30);
  const plan = ['-s', 'conditional-update', '-n', '60', '--stock', '10', '-c', '10', '-q'];
  const outputs = ['html=r.html', 'json=r.json', 'ndjson=race.ndjson'].flatMap((output) => ['-o', output]);
  expect(await oversell('race', ...plan, ...outputs)).toContain('EXACT');
  expect(await readFile(join(folder, 'r.html'), 'utf8')).toMatch(/^<!doctype html>/i);
  expect(await oversell('audit', 'race.ndjson', '--json')).toContain('"status":"ok"');
  await oversell('report', 'r.json', '-o', 'csv=r.csv');
  expect(await readFile(join(folder, 'r.csv'), 'utf8')).toContain('conditional-update');
  expect(await oversell('compare', 'r.json', 'r.json')).not.toBe('');
  await expect(
    readFile(join(folder, 'home/oversell/data/pg/postgres/PG_VERSION'), 'utf8'),
  ).resolves.toContain('18');
});

test('the example of the documents runs against the library, and its types agree', async () => {
  const doc = await readFile(join(projectRoot, 'docs/library.md'), 'utf8');
  const example = /```ts\n([\s\S]+?)```/.exec(doc)?.[1] ?? '';
  await writeFile(join(folder, 'example.mjs'), example);
  const { stdout } = await run(process.execPath, ['example.mjs'], { cwd: folder, env: userEnv() });
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(/^met: safe/),
    expect.stringMatching(/^met: oversold==0/),
    expect.stringMatching(/^met: accepted==10/),
    'violated true',
    'conditional-update ok',
  ]);

  await writeFile(
    join(folder, 'user.ts'),
    `${example}\n// @ts-expect-error\nawait race({ stock: 'ten' });\n`,
  );
  const compilerOptions = { noEmit: true, strict: true, target: 'es2022', module: 'nodenext', types: [] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['user.ts'] }));
  const tsc = join(projectRoot, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc], { cwd: folder }).catch((error: unknown) => {
    throw new Error((error as { stdout: string }).stdout);
  });
});

test('a race of the library reports what is wrong with a plan', async () => {
  const script = `
    import { race, RefusedError } from 'oversell';
    const error = await race({ stock: -1 }).catch((error) => error);
    console.log(error instanceof RefusedError, JSON.stringify(error.problem.issues));
  `;
  await writeFile(join(folder, 'wrong.mjs'), script);
  const { stdout } = await run(process.execPath, ['wrong.mjs'], { cwd: folder, env: userEnv() });
  expect(stdout).toMatch(/^true \[.*"path":"stock"/);
});
