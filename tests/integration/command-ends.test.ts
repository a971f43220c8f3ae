import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { SAME_SIGNAL_MS } from '@/cli/follow-job';
import { runCommand } from '@/cli/program';
import type { RacePage } from '@/model/race';
import type { RaceReport } from '@/report/race-report';
import { projectRoot } from '@/services/env';
import { ensureProgram, serverProgram } from '../../scripts/bundle.mjs';
import { commandIo } from '../fixtures/command-io';
import { testRedisUrl } from '../fixtures/database/test-database';
import { serverTest as test } from '../fixtures/server/server-test';

/** Each attempt is in flight for some seconds, so a drain takes as long. */
const SLOW = ['race', '-s', 'read-then-write', '-n', '50000', '--stock', '100000', '--think', '4000'];
const SHORT = ['race', '-s', 'conditional-update', '-n', '50', '--stock', '5', '--ramp', '0'];

interface Program {
  child: ChildProcess;
  errors: () => string;
  ended: Promise<{ code: number | null; output: string }>;
  /** Polls until the race has made attempts. */
  whenRunning: () => Promise<void>;
}

/** The program as it is installed, in a process. */
async function start(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  programFolder = dirname(serverProgram),
): Promise<Program> {
  await ensureProgram();
  const env: NodeJS.ProcessEnv = { ...process.env, ...variables, NODE_ENV: 'production' };
  const child = spawn(process.execPath, [join(programFolder, 'oversell.mjs'), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
  return {
    child,
    errors: () => errors,
    ended,
    whenRunning: () =>
      expect.poll(() => errors, { timeout: 60_000 }).toMatch(/read-then-write running, [1-9]/),
  };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'oversell-ends-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function command(args: readonly string[]) {
  const { io, output, errors } = commandIo();
  const code = await runCommand(args, io, '0.0.0');
  return { code, output: output(), errors: errors() };
}

describe('a signal to a running race', () => {
  test('SIGINT drains, writes every report and ends with 130', async ({ api }) => {
    const into = await folder();
    const formats = ['json', 'ndjson', 'junit', 'html'];
    const files = formats.flatMap((format) => ['-o', `${format}=${join(into, format)}`]);
    const race = await start([...SLOW, '--server', api.url, ...files]);
    await race.whenRunning();
    race.child.kill('SIGINT');
    expect((await race.ended).code).toBe(130);
    expect(race.errors()).toContain('Stopping: waits for what is in flight.');
    const { race: view } = JSON.parse(await readFile(join(into, 'json'), 'utf8')) as RaceReport;
    expect(view.status).toBe('aborted');
    expect(view.lanes[0]?.counts.indeterminate).toBe(0);
    expect((await command(['audit', join(into, 'ndjson')])).errors).toBe('');
    expect(await readFile(join(into, 'junit'), 'utf8')).toMatch(/<\/testsuites>\n$/);
    expect(await readFile(join(into, 'html'), 'utf8')).toMatch(/<\/html>\n$/);
  });

  test.for([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s drains and ends with %i', { tags: 'long' }, async ([signal, expected], { api }) => {
    const race = await start([...SLOW, '--server', api.url]);
    await race.whenRunning();
    race.child.kill(signal);
    expect((await race.ended).code).toBe(expected);
    expect(race.errors()).toContain('Stopping: waits for what is in flight.');
  });

  test(
    'a second one waits for nothing that is in flight, and the report says so',
    { tags: 'long' },
    async ({ api }) => {
      const file = join(await folder(), 'json');
      const race = await start([...SLOW, '--server', api.url, '-o', `json=${file}`]);
      await race.whenRunning();
      race.child.kill('SIGINT');
      await expect.poll(race.errors).toContain('Stopping: waits');
      // a second signal of the same Ctrl-C comes within half a second
      await new Promise((resolve) => setTimeout(resolve, 600));
      race.child.kill('SIGINT');
      expect((await race.ended).code).toBe(130);
      expect(race.errors()).toContain('Stopping at once.');
      const { race: view } = JSON.parse(await readFile(file, 'utf8')) as RaceReport;
      expect(view.lanes[0]?.counts.indeterminate).toBeGreaterThan(0);
    },
  );
});

test.for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s ends a command that only reads, also one that waits for its file',
  async (signal) => {
    const pipe = join(await folder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const { child } = await start(['audit', pipe]);
    const exited = once(child, 'exit');
    // opening it to write ends when the command has opened it to read
    const writer = await open(pipe, 'w');
    child.kill(signal);
    expect(await exited).toEqual([null, signal]);
    await writer.close();
  },
);

test(
  'the server of oversell start ends with the process that started it',
  { tags: 'long' },
  async ({ database }) => {
    const variables = { DATABASE_URL: database.url, REDIS_URL: testRedisUrl(), PORT: '0' };
    const started = await start(['start'], variables);
    let output = '';
    started.child.stdout?.on('data', (text: string) => (output += text));
    await expect.poll(() => output).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
    expect((await fetch(`${url}/api/health`)).status).toBe(200);
    started.child.kill('SIGKILL');
    await expect
      .poll(() =>
        fetch(`${url}/api/health`).then(
          ({ status }) => status,
          () => 'gone',
        ),
      )
      .toBe('gone');
  },
);

test('a signal ends a command that waits for a reader of its report', async ({ api }) => {
  const pipe = join(await folder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const { child, errors } = await start([
    ...SHORT,
    '--think',
    '2000',
    '--server',
    api.url,
    '-o',
    `csv=${pipe}`,
  ]);
  await expect.poll(errors).not.toBe('');
  const statusOf = async () => ((await (await api.get('/api/races')).json()) as RacePage).races[0]?.status;
  await expect.poll(statusOf).toBe('finished');
  // signals of one Ctrl-C come within half a second and count as one
  const afterOneMore = () => {
    child.kill('SIGTERM');
    return child.signalCode;
  };
  await expect.poll(afterOneMore, { interval: 2 * SAME_SIGNAL_MS }).toBe('SIGTERM');
});

describe('a report that cannot be written', () => {
  test('at the end: the others are written, and the code is 1', async ({ api }) => {
    const into = await folder();
    const gone = join(into, 'gone');
    await mkdir(gone);
    const reports = ['-o', `csv=${join(gone, 'csv')}`, '-o', `json=${join(into, 'json')}`];
    const race = await start([...SHORT, '--think', '2000', '--server', api.url, ...reports]);
    // files are looked at before anything runs
    await expect.poll(race.errors, { timeout: 60_000 }).not.toBe('');
    await rename(gone, join(into, 'elsewhere'));
    expect((await race.ended).code).toBe(1);
    expect(race.errors()).toMatch(/The report .*csv could not be written: ENOENT/);
    expect(JSON.parse(await readFile(join(into, 'json'), 'utf8'))).toHaveProperty('race.status', 'finished');
  });

  test('as can be seen before: nothing is raced, and the code is 2', async ({ api }) => {
    const race = await start([...SHORT, '--server', api.url, '-o', 'csv=/no/such/folder/csv']);
    expect(await race.ended).toEqual({ code: 2, output: '' });
    expect(race.errors()).toMatch(/^--output: \/no\/such\/folder\/csv cannot be written: ENOENT/);
  });
});

describe('a server', () => {
  async function listen(server: Server): Promise<string> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test(
    'that is something else, and one that never answers, are not waited for',
    { tags: 'long' },
    async () => {
      const other = await listen(createServer((_request, response) => response.end('<h1>Hello</h1>')));
      const found = await command(['race', '--server', other]);
      expect(found).toMatchObject({
        code: 3,
        output: '',
        errors: `${other} does not answer as Oversell does.\n`,
      });
      const sockets: (() => void)[] = [];
      const silent = await listen(createTcpServer((socket) => sockets.push(() => socket.destroy())));
      const waited = await command(['race', '--server', silent]);
      sockets.forEach((close) => close());
      expect(waited).toMatchObject({ code: 3, output: '' });
      expect(waited.errors).toContain(`${silent} cannot be reached: `);
    },
  );
});

describe('a file', () => {
  test.for<[string, string | Uint8Array, RegExp]>([
    [
      'cut off',
      '{"format":"oversell-report","version":1,"race":{"lanes":[',
      /Line 1: is not JSON, or is cut off/,
    ],
    ['empty', '', /Line 1: is not JSON, or is cut off/],
    ['of bytes', new Uint8Array([0xff, 0x00, 0x1b, 0x5b]), /Line 1: is not JSON/],
    ['null', 'null', /Line 1: expected a report/],
    [
      'with lanes that are none',
      '{"format":"oversell-report","version":1,"assertions":[],"race":{"lanes":[{"verdict":7}]}}',
      /The report is damaged: /,
    ],
    [
      'with trials that are none',
      '{"format":"oversell-trials-report","version":1,"writtenBy":"","assertions":[],"experiment":{"id":7}}',
      /The report is damaged: experiment\.id /,
    ],
    [
      'of a later version',
      '{"format":"oversell-report","version":2,"assertions":[],"race":{"lanes":[]}}',
      /The report is of version 2\. This program reads version 1\./,
    ],
    ['that is a history cut off', '{"format":"oversell-history","version":2}\n', /^Line 1: /],
  ])('%s', async ([, content, message]) => {
    const file = join(await folder(), 'report');
    await writeFile(file, content);
    for (const args of [
      ['report', file],
      ['report', file, '-o', 'html=-'],
    ]) {
      const { code, output, errors } = await command(args);
      expect({ code, output }).toEqual({ code: 2, output: '' });
      expect(errors).toMatch(message);
      expect(errors).not.toMatch(/^ +at /m);
    }
  });

  test('that the program itself lacks is its own fault, with what to do', async ({ database }) => {
    await ensureProgram();
    const copy = await mkdtemp(join(projectRoot, '.oversell', 'without-pages-'));
    onTestFinished(() => rm(copy, { recursive: true, force: true }));
    await cp(dirname(serverProgram), join(copy, 'program'), { recursive: true });
    const env = { DATABASE_URL: database.url, REDIS_URL: testRedisUrl() };
    const race = await start(['race', '--quiet'], env, join(copy, 'program'));
    expect(await race.ended).toEqual({ code: 1, output: '' });
    expect(race.errors()).toMatch(/^There is no .*index\.js: npm run build makes it/);
  });
});

test('a reader of the output that goes away is no success', { timeout: 60_000 }, async () => {
  const { child, errors, ended } = await start(['strategies']);
  child.stdout?.destroy();
  expect((await ended).code).toBe(141);
  expect(errors()).toBe('');
});

test(
  'a history may come for longer than an answer may take',
  { tags: 'long', timeout: 120_000 },
  async ({ api }) => {
    const file = join(await folder(), 'ndjson');
    // the line between them: it carries nothing while the history is on its way, for longer than the 10 s of an answer
    const target = new URL(api.url);
    const line = createTcpServer((client) => {
      const server = connect(Number(target.port), target.hostname);
      client.pipe(server);
      server.on('data', (part: Buffer) => {
        client.write(part);
        if (!part.includes('oversell-history')) return;
        server.pause();
        setTimeout(() => server.resume(), 11_000);
      });
      server.on('end', () => client.end());
      for (const socket of [client, server]) socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void line.close());
    const { port } = line.address() as AddressInfo;
    const race = ['race', '-s', 'conditional-update', '-n', '2000', '--stock', '500', '--quiet'];
    const { code, errors } = await command([
      ...race,
      '--server',
      `http://127.0.0.1:${port}`,
      '-o',
      `ndjson=${file}`,
    ]);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect((await command(['audit', file])).errors).toBe('');
  },
);
