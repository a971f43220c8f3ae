import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import type { CommandIo } from '@/cli/command-io';
import { runCommand } from '@/cli/program';
import { check, UsageError } from '@/library';
import type { CheckResult } from '@/model/app-check';
import { projectRoot } from '@/services/env';
import { CheckStore } from '@/store/check-store';
import { processStartedAt } from '@/services/process/process-lock.mjs';
import { serverProgram } from '../../scripts/bundle.mjs';
import { commandIo } from '../fixtures/command-io';
import { databaseTest as test } from '../fixtures/database/database';

const SHOP = join(projectRoot, 'examples', 'express-pg');
const BUY = ['--start', 'node shop.js', '--data', '{"sku":"last-one","buyer":"{{buyer}}"}'];

async function command(
  args: readonly string[],
  cwd = SHOP,
  { githubStep = null, dataDir }: { githubStep?: CommandIo['githubStep']; dataDir?: string } = {},
) {
  const { io, output, errors } = commandIo({ cwd, dataDir: dataDir ?? (await folder()) });
  const code = await runCommand(['check', ...args], { ...io, githubStep }, '0.0.0');
  return { code, output: output(), errors: errors() };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'oversell-check-test-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** An app of a few lines, in a folder of its own. */
async function app(code: string): Promise<string> {
  const into = await folder();
  await writeFile(join(into, 'app.mjs'), code);
  return into;
}

test.beforeEach(async ({ database }) => {
  await database.query('drop schema public cascade');
  await database.query('create schema public');
});

describe('the Express example', () => {
  test('sells the last unit twice, and the result says how', async ({ database }) => {
    const into = await folder();
    const files = ['json', 'junit', 'markdown'].flatMap((id) => ['-o', `${id}=${join(into, id)}`]);
    const args = [...BUY, '--post', '/buy', '--database', database.url, ...files];
    const summaryFile = join(into, 'summary');
    const { code, output, errors } = await command(args, SHOP, {
      githubStep: { summaryFile },
      dataDir: into,
    });

    expect(code).toBe(10);
    expect(output).toMatch(/^VIOLATED {2}T1 and T2 were accepted, .* Reproduced 10 of 10\./);
    expect(output).toContain("select stock from items where sku = 'last-one'");
    expect(output).toContain('Lost update: T1 writes a value');
    expect(output).toContain(
      `Run it again: oversell check --start 'node shop.js' --data '{"sku":"last-one","buyer":"{{buyer}}"}' --post /buy --schedule aabbbbaa`,
    );
    expect(errors).toContain('Starting 2 instances.');
    expect(`${output}${errors}`).not.toContain(new URL(database.url).password || database.url);

    const result = JSON.parse(await readFile(join(into, 'json'), 'utf8')) as CheckResult;
    expect(result).toMatchObject({
      verdict: 'violated',
      findings: [{ kind: 'not-serial' }],
      explored: { schedules: { possible: 54, violating: 36 }, refused: 0 },
      app: { instances: 2, statements: [3, 3] },
    });
    const simplest = result.explored?.simplest;
    expect(simplest?.moves.map(({ request, event }) => [request, event])).toEqual([
      [1, 'arrival'],
      [1, 'statement'],
      [2, 'arrival'],
      ...Array.from({ length: 3 }, () => [2, 'statement']),
      ...Array.from({ length: 2 }, () => [1, 'statement']),
    ]);
    expect(simplest?.moves[1]).toMatchObject({ params: ['last-one'], rows: [{ stock: '1' }], state: [] });
    expect(simplest?.moves[4]).toMatchObject({
      tag: 'UPDATE 1',
      state: [{ table: 'public.items', before: { stock: '1' }, after: { stock: '0' } }],
    });
    expect(simplest?.match).toEqual({ pattern: 'lost-update', request: 1, reads: 1, changed: 4, writes: 6 });
    expect(await database.query('select stock from items')).toEqual([{ stock: 1 }]);
    expect(await database.query('select * from orders')).toEqual([]);

    expect(errors).toMatch(/^::error title=.*::T1 and T2 were accepted/m);
    expect(await readFile(join(into, 'junit'), 'utf8')).toContain(' tests="2" failures="2" ');
    const markdown = await readFile(join(into, 'markdown'), 'utf8');
    expect(markdown).toContain('**The schedule aabbbbaa**');
    expect(await readFile(summaryFile, 'utf8')).toBe(markdown);
    const [, id = ''] = /^Kept for the page \/checks\/(\w+) of oversell start\.$/m.exec(errors) ?? [];
    expect(await new CheckStore(into).get(id)).toMatchObject(result);
  });

  test.for(['/buy-guarded', '/buy-locked'])('%s is ok', async (route, { database }) => {
    const { code, output, errors } = await command(
      [...BUY, '--post', route, '--database', database.url],
      SHOP,
      // a folder that cannot be one: the verdict is the same
      { dataDir: '/dev/null' },
    );
    expect(errors).toContain('The result is not kept for the page /checks: ');
    expect(output).toMatch(/^OK {2}Each of the \d+ possible orders of their statements leads to what/);
    expect(code).toBe(0);
  });

  test('a copy of the database is explored, and the database itself not even looked into', async ({
    database,
  }) => {
    const args = [...BUY, '--post', '/buy', '--database', database.url, '--database-copy', '--json'];
    const dataDir = await folder();
    const { code, output, errors } = await command([...args, '--no-keep'], SHOP, { dataDir });
    expect(errors).toContain('Copying the database.');
    expect(await readdir(dataDir)).toEqual([]);
    expect(JSON.parse(output)).toMatchObject({
      verdict: 'violated',
      explored: { schedules: { possible: 54, violating: 36 } },
      replay: expect.stringContaining(' --database-copy ') as string,
    });
    expect(code).toBe(10);
    // the app creates its tables when it starts
    expect(await database.query(`select from pg_tables where schemaname = 'public'`)).toEqual([]);
    expect(await database.query(`select from pg_database where datname ~ '^oversell_copy_'`)).toEqual([]);
  });

  test('one schedule is run and shown by its id', { tags: 'long' }, async ({ database }) => {
    const args = [...BUY, '--post', '/buy', '--database', database.url, '--json'];
    const { code, output } = await command([...args, '--schedule', 'aabbbbaa']);
    expect(code).toBe(10);
    expect(JSON.parse(output)).toMatchObject({ verdict: 'violated', schedule: { id: 'aabbbbaa' } });
    const serial = await command([...args, '--schedule', 'aaaabb']);
    expect(serial.code).toBe(0);
    const unknown = await command([...args, '--schedule', 'ababababab']);
    expect(unknown.code).toBe(12);
    expect(JSON.parse(unknown.output)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'There is no schedule ababababab: the requests went on otherwise.',
    });
  });

  test('a check file names what is raced, and invariants of its own', async ({ database }) => {
    const into = await folder();
    const check = {
      name: 'the last unit',
      ...{ start: 'node shop.js', cwd: SHOP, database: database.url },
      prepare: { sql: "update items set stock = 5 where sku = 'last-one'" },
      requests: [
        { path: '/buy', data: { sku: 'last-one', buyer: 'ann' } },
        { path: '/buy-guarded', data: { sku: 'last-one', buyer: 'bob' } },
      ],
      invariants: {
        'every unit is somewhere': 'select 1 from items where stock + (select count(*) from orders) <> 5',
      },
    };
    await writeFile(join(into, 'oversell.check.json'), JSON.stringify(check));
    const { code, output } = await command(['--json'], into);
    const result = JSON.parse(output) as CheckResult;
    expect(result).toMatchObject({ name: 'the last unit', verdict: 'violated' });
    expect(result.findings.map(({ kind }) => kind)).toEqual(['not-serial', 'invariant']);
    expect(code).toBe(10);
    expect(await database.query('select stock from items')).toEqual([{ stock: 5 }]);
  });

  test('a signal restores the database and stops', async ({ database }) => {
    const { io, output, stop, isRunning, errors } = commandIo({ cwd: SHOP });
    const args = ['check', ...BUY, '--post', '/buy', '--database', database.url];
    const done = runCommand(args, io, '0.0.0');
    await expect.poll(errors).toContain('Warming up.');
    expect(isRunning()).toBe(true);
    stop('SIGINT');
    expect(await done).toBe(130);
    expect(errors()).toContain('Stopping: the database is restored first.');
    expect(output()).toBe('');
    expect(await database.query('select stock from items')).toEqual([{ stock: 1 }]);
    expect(await database.query(`select from pg_namespace where nspname like 'oversell%'`)).toEqual([]);
  });
});

test('a check that is killed leaves a copy, which --restore puts back, and no app', async ({ database }) => {
  const dataDir = await folder();
  const pidFile = join(dataDir, 'pid');
  // the shell outlives the shop, which may end by itself when it loses its database
  const start = `echo $$ > ${pidFile}; node shop.js; sleep 600`;
  const restore = () => command(['--restore', '--database', database.url], SHOP, { dataDir });
  onTestFinished(async () => void (await restore()));
  const args = [
    '--start',
    start,
    '--post',
    '/buy',
    '--data',
    '{"sku":"last-one"}',
    '--database',
    database.url,
  ];
  const program = join(dirname(serverProgram), 'oversell.mjs');
  const child = spawn(process.execPath, [program, 'check', ...args], {
    cwd: SHOP,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  await expect.poll(() => said).toContain('Running the requests one after the other.');
  child.kill('SIGKILL');
  await gone;
  const pid = Number(await readFile(pidFile, 'utf8'));
  expect(processStartedAt(pid)).toBeDefined();

  const restored = await restore();
  expect(restored).toMatchObject({ code: 0, errors: '' });
  expect(restored.output).toMatch(/^Restored to 20/);
  expect(processStartedAt(pid)).toBeUndefined();
  expect(await database.query('select stock from items')).toEqual([{ stock: 1 }]);
  expect(await database.query(`select from pg_namespace where nspname like 'oversell%'`)).toEqual([]);
});

test('an embedded database is empty, and there for the check alone', async () => {
  const dataDir = await folder();
  // PostgreSQL may run under another account, which would keep its data elsewhere if it could not get in
  await chmod(dataDir, 0o755);
  const run = (route: string) =>
    command([...BUY, '--post', route, '--database', 'embedded'], SHOP, { dataDir });
  const broken = await run('/buy');
  expect(broken.code).toBe(10);
  expect(broken.errors).toContain('Starting an empty PostgreSQL.');
  expect(broken.output).toMatch(/^Run it again: .* --database embedded --schedule aabbbbaa$/m);
  const stopped = (await readdir(dataDir)).filter((name) => /^(owner\.json|postgres\.pid)$/.test(name));
  expect(stopped).toEqual([]);
  expect(await run('/buy-guarded')).toMatchObject({ code: 0 });

  const restored = await command(['--restore', '--database', 'embedded'], SHOP, { dataDir });
  expect(restored.code).toBe(2);
  expect(restored.errors).toContain('there is nothing to restore');
});

describe('trouble', () => {
  const run = (into: string, url: string, ...more: string[]) =>
    command(['--start', 'node app.mjs', '--post', '/', '--database', url, ...more], into);

  test('an app that does not start', async ({ database }) => {
    const into = await app(`console.error('no such module'); process.exit(7);`);
    const { code, errors } = await run(into, database.url);
    expect(errors).toMatch(/`node app\.mjs` ended \(code 7\) before it listened on port \d+\./);
    expect(errors).toContain('no such module');
    expect(code).toBe(3);
  });

  test('an app on another port', async ({ database }) => {
    const into = await app(`import http from 'node:http'; http.createServer().listen(0, '127.0.0.1');`);
    const { code, errors } = await run(into, database.url, '--start-timeout', '2');
    expect(errors).toMatch(/It listens on port \d+ instead: it has to take its port from the variable PORT/);
    expect(code).toBe(3);
  });

  test('an app that does not use the database it is given', async ({ database }) => {
    const into = await app(
      `import http from 'node:http'; http.createServer((_, res) => res.end('{}')).listen(process.env.PORT);`,
    );
    const { code, output } = await run(into, database.url);
    expect(output).toMatch(
      /^INCONCLUSIVE {2}The app has opened no connection to the address .* DATABASE_URL/,
    );
    expect(code).toBe(12);
  });

  test('requests that are refused, even alone', async ({ database }) => {
    const { code, output } = await command([...BUY, '--post', '/nowhere', '--database', database.url]);
    expect(output).toMatch(/^INCONCLUSIVE {2}No request is accepted, not even alone \(T1 404/);
    expect(code).toBe(12);
  });

  test('a database that cannot be reached, or is not on this machine', async () => {
    const away = await command([
      ...BUY,
      '--post',
      '/buy',
      '--database',
      'postgres://a:secret@127.0.0.1:1/shop',
    ]);
    expect(away.errors).toMatch(/127\.0\.0\.1:1\/shop cannot be reached/);
    expect(away.errors).not.toContain('secret');
    expect(away.code).toBe(3);
    const remote = await command([...BUY, '--post', '/buy', '--database', 'postgres://192.0.2.1/shop']);
    expect(remote.errors).toContain('is not this machine');
    expect(remote.code).toBe(2);
  });

  test.for<[string, object, string]>([
    ['a key that is none', { start: 'x', requests: [{ path: '/' }], port: 1 }, 'there is no setting "port"'],
    ['no start', { requests: [{ path: '/' }] }, 'start is missing'],
    ['a path that is none', { start: 'x', requests: [{ path: 'buy' }] }, 'requests.0.path must begin with /'],
    ['no request', { start: 'x', requests: [] }, 'requests must hold at least one request'],
    [
      'a pattern that is none',
      { start: 'x', requests: [{ path: '/' }], ignore: ['('] },
      'ignore.0 must be a regular expression',
    ],
  ])('a check file with %s', async ([, check, message]) => {
    const into = await folder();
    await writeFile(join(into, 'a.json'), JSON.stringify(check));
    const { code, errors } = await command(['a.json'], into);
    expect(errors).toContain(`${join(into, 'a.json')}: ${message}`);
    expect(code).toBe(2);
  });

  test('a number of a flag that is none is told by the flag', async () => {
    const { code, errors } = await command([...BUY, '--post', '/buy', '--requests', '9'], await folder());
    expect(errors).toBe('--requests must be a whole number from 2 to 3\n');
    expect(code).toBe(2);
  });

  test('no check at all', async () => {
    const { code, errors } = await command([], await folder());
    expect(errors).toMatch(/^There is no check: neither a file .* nor --start/);
    expect(code).toBe(2);
  });

  test('nothing to restore', async ({ database }) => {
    const { code, output } = await command(['--restore', '--database', database.url]);
    expect(output).toBe('There is nothing to restore.\n');
    expect(code).toBe(0);
  });
});

test('a check file is described by the schema of the documents', async () => {
  const { code, output } = await command(['--schema']);
  expect(code).toBe(0);
  const kept = await readFile(join(projectRoot, 'docs', 'oversell.check.schema.json'), 'utf8');
  expect(JSON.parse(output)).toEqual(JSON.parse(kept));
});

describe('as a function of the library', () => {
  const requests = [{ path: '/buy', data: { sku: 'last-one', buyer: '{{buyer}}' } }];

  test('a check returns what the command writes', async ({ database }) => {
    const runs: number[] = [];
    const result = await check(
      { start: 'node shop.js', requests, database: database.url },
      { cwd: SHOP, schedule: 'aabbbbaa', onProgress: ({ run }) => runs.push(run) },
    );
    expect(result).toMatchObject({
      verdict: 'violated',
      schedule: { id: 'aabbbbaa' },
      replay: "check(…, { schedule: 'aabbbbaa' })",
    });
    expect(await database.query('select stock from items')).toEqual([{ stock: 1 }]);
  });

  test('a wrong check is refused by its fields', async () => {
    const wrong = { start: '', requests: [], copies: 9 };
    const failure = await check(wrong).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UsageError);
    expect(String(failure)).toContain('start must not be empty');
    expect(String(failure)).toContain('requests must hold at least one request');
  });
});
