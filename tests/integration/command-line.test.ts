import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { runCommand } from '@/cli/program';
import type { RaceView } from '@/model/race';
import type { RaceReport } from '@/report/race-report';
import type { TrialsReport } from '@/report/trials-report';
import { readEnv } from '@/services/env';
import { serverProgram } from '../../scripts/bundle.mjs';
import { commandIo } from '../fixtures/command-io';
import { testRedisUrl } from '../fixtures/database/test-database';
import { serverTest as test } from '../fixtures/server/server-test';

/** All at once: buyers who come one after the other prove nothing. */
const AT_ONCE = ['--stock', '20', '-n', '80', '-c', '50', '--think', '5', '--ramp', '0'];
const SLOW = ['-s', 'conditional-update', '-n', '1000000', '--think', '50'];

async function command(args: readonly string[]) {
  const { io, output, errors } = commandIo();
  const code = await runCommand(args, io, '0.0.0');
  return { code, output: output(), errors: errors() };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'oversell-command-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

describe('oversell race', () => {
  test('races on a running server, prints the verdicts, and writes every report', async ({ api }) => {
    const into = await folder();
    const formats = ['json', 'csv', 'junit', 'markdown', 'html', 'ndjson'];
    const files = formats.flatMap((format) => ['-o', `${format}=${join(into, format)}`]);
    const race = await command(['race', ...AT_ONCE, '--server', api.url, ...files]);

    expect(race.code).toBe(10);
    expect(race.errors).toMatch(/^(waits for its turn|0 % \w+.*, 0 attempts)$/m);
    expect(race.output).toMatch(/^OVERSOLD \+\d+ {2}read-then-write$/m);
    expect(race.output).toMatch(/^EXACT {2}conditional-update$/m);
    expect(race.output).toContain('read-then-write: expectation safe: the verdict is violated');
    expect(race.output).toMatch(/, p99 [\d.]{3,4} m?s, /);
    const report = JSON.parse(await readFile(join(into, 'json'), 'utf8')) as RaceReport;
    expect(race.output).toContain(`${api.url}/races/${report.race.id}`);
    expect(report.assertions.map(({ result }) => result)).toEqual(['broken', 'met']);
    const stored = (await (await api.get(`/api/races/${report.race.id}`)).json()) as RaceView;
    expect(report.race.lanes).toEqual(stored.lanes);
    expect(stored.origin).toBe('command-line');
    expect((await readFile(join(into, 'csv'), 'utf8')).split('\r\n')).toHaveLength(4);
    expect(await readFile(join(into, 'junit'), 'utf8')).toContain('<testsuite ');
    expect(await readFile(join(into, 'markdown'), 'utf8')).toContain('| Conditional update | EXACT |');

    expect(await readFile(join(into, 'html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);

    const audited = await command(['audit', join(into, 'ndjson'), '--json']);
    expect(audited.code).toBe(10);
    const judged = await command(['report', join(into, 'ndjson'), '-o', `csv=${join(into, 'of-history')}`]);
    expect(judged.code).toBe(0);
    const [names, , safe] = (await readFile(join(into, 'of-history'), 'utf8')).split('\r\n');
    const [namesThen, , safeThen] = (await readFile(join(into, 'csv'), 'utf8')).split('\r\n');
    expect(names).toBe(namesThen);
    expect(safe?.split(',').slice(0, 7)).toEqual(safeThen?.split(',').slice(0, 7));
    const text = await command(['report', join(into, 'ndjson')]);
    expect(text.output).toMatch(/^OVERSOLD \+\d+ {2}read-then-write$/m);
    const back = await command(['report', join(into, 'json'), '-o', `ndjson=${join(into, 'x')}`]);
    expect(back.code).toBe(2);
    expect(back.errors).toContain('ndjson is the history of a race, which only its server can export');
    const rendered = await command(['report', join(into, 'json'), '-o', `csv=${join(into, 'again')}`]);
    expect(rendered).toMatchObject({ code: 0, errors: '' });
    expect(await readFile(join(into, 'again'), 'utf8')).toBe(await readFile(join(into, 'csv'), 'utf8'));
    const same = await command(['compare', join(into, 'json'), join(into, 'json')]);
    expect(same.code).toBe(0);
    expect(same.output).toMatch(/^ {2}accepted: 20, now 20 \(the same\)$/m);
    expect((await command(['compare', join(into, 'html'), join(into, 'json')])).output).toBe(same.output);
    const ofPage = await command(['report', join(into, 'html'), '-o', `csv=${join(into, 'of-page')}`]);
    expect(ofPage).toMatchObject({ code: 0, errors: '' });
    expect(await readFile(join(into, 'of-page'), 'utf8')).toBe(await readFile(join(into, 'csv'), 'utf8'));
  });

  test('says by its exit code what was demanded and not met', async ({ api }) => {
    const safe = ['race', '-s', 'conditional-update', ...AT_ONCE, '--server', api.url, '--quiet'];
    const met = await command([...safe, '--invariant', 'accepted==20', '--threshold', 'p99<60000', '--json']);
    expect(met).toMatchObject({ code: 0, errors: '' });
    expect((JSON.parse(met.output) as RaceReport).assertions).toMatchObject([
      { kind: 'expectation', result: 'met' },
      { kind: 'invariant', text: 'accepted==20', result: 'met', why: 'accepted is 20' },
      { kind: 'threshold', result: 'met' },
    ]);
    expect((await command([...safe, '--threshold', 'p99<0'])).code).toBe(99);
    const broken = await command([...safe, '--invariant', 'accepted==21', '--threshold', 'dropped==0']);
    expect(broken.code).toBe(10);
    expect(broken.output).toContain('invariant accepted==21: accepted is 20');
    expect(broken.output).toContain('threshold dropped==0: dropped has no value');
    expect((await command([...safe, '--expect', 'race'])).code).toBe(11);
    const unsafe = ['race', '-s', 'read-then-write', ...AT_ONCE, '--server', api.url, '--quiet'];
    expect((await command([...unsafe, '--expect', 'label'])).code).toBe(0);
    const alone = await command([...safe, '-n', '1', '-c', '1', '--stock', '1']);
    expect(alone.code).toBe(12);
  });

  test('tells GitHub, where it is a step of a workflow', { tags: 'long' }, async ({ api }) => {
    const summaryFile = join(await folder(), 'summary.md');
    const { io, output, errors } = commandIo();
    const race = ['race', ...AT_ONCE, '--server', api.url, '--quiet', '--json'];
    expect(await runCommand(race, { ...io, githubStep: { summaryFile } }, '0.0.0')).toBe(10);
    expect(errors()).toMatch(/^::error title=Read%2C then write/m);
    expect(JSON.parse(output())).toMatchObject({ format: 'oversell-report' });
    expect(await readFile(summaryFile, 'utf8')).toContain('| Conditional update | EXACT |');

    const other = commandIo();
    const nowhere = { summaryFile: join(summaryFile, 'none') };
    expect(await runCommand(race, { ...other.io, githubStep: nowhere }, '0.0.0')).toBe(10);
    expect(other.errors()).toMatch(/^The summary of the step could not be written: ENOTDIR.*$/m);
    expect(other.errors()).not.toMatch(/fault of the program|^ +at /m);
  });

  test('compares with an earlier report, and claims nothing where the plans differ', async ({ api }) => {
    const into = await folder();
    const file = join(into, 'earlier.json');
    const race = ['race', '-s', 'conditional-update', ...AT_ONCE, '--server', api.url, '--quiet'];
    expect((await command([...race, '-o', `json=${file}`])).code).toBe(0);
    const other = await command([...race, '--stock', '10', '--baseline', file]);
    expect(other.code).toBe(12);
    expect(other.output).toContain('No claim: the plans differ in stock.');
    // what limited the lane is up to the machine, and where that was the generator no claim is made
    const report = JSON.parse(await readFile(file, 'utf8')) as RaceReport;
    const lanes = report.race.lanes.map((lane) => ({
      ...lane,
      bottleneck: lane.bottleneck && { ...lane.bottleneck, limitedBy: 'server' as const },
    }));
    const slower = lanes.map((lane) => ({ ...lane, latencyMs: { ...lane.latencyMs, p99: 1e6 } }));
    const [fast, slow] = [join(into, 'fast.json'), join(into, 'slow.json')];
    await writeFile(fast, JSON.stringify({ ...report, race: { ...report.race, lanes } }));
    await writeFile(slow, JSON.stringify({ ...report, race: { ...report.race, lanes: slower } }));
    const worse = await command(['compare', fast, slow]);
    expect(worse.code).toBe(99);
    expect(worse.output).toMatch(/latency p99: [\d.,]+ ms, now 1,000,000 ms \(worse\)/);
    const better = await command(['compare', slow, fast]);
    expect(better.code).toBe(0);
    expect(better.output).toMatch(/latency p99: 1,000,000 ms, now [\d.,]+ ms \(better\)/);
  });

  test('repeats a race and says how often it broke', async ({ api }) => {
    const file = join(await folder(), 'trials.json');
    const trials = ['race', ...AT_ONCE, '--trials', '2', '--expect', 'label', '--server', api.url];
    const { code, output } = await command([...trials, '--threshold', 'attempts==80', '-o', `json=${file}`]);
    expect(code).toBe(0);
    const { assertions } = JSON.parse(await readFile(file, 'utf8')) as TrialsReport;
    expect(assertions.map(({ text, result, why }) => `${text} ${result} ${why}`)).toEqual([
      'label unsafe met the verdict is violated',
      'attempts==80 met in 2 trials',
      'label safe met the verdict is ok',
      'attempts==80 met in 2 trials',
    ]);
    expect((await command(['report', file])).output).toBe(output);
    expect(output).toContain('read-then-write: All 2 races broke. With 95 % confidence at least ');
    expect(output).toContain('conditional-update: None of 2 races broke. With 95 % confidence at most ');
    const same = await command(['compare', file, file]);
    expect(same.code).toBe(0);
    expect(same.output).toMatch(
      /broke in 2 of 2 trials, 16 to 100 % of such races, now in 2 .*\(within noise\)/,
    );
    const later = await command([...trials, '--stock', '7', '--baseline', file]);
    expect(later.code).toBe(12);
    expect(later.output).toContain('No claim: the plans differ in stock.');
    const ofOne = await command(['race', ...AT_ONCE, '--server', api.url, '--baseline', file]);
    expect(ofOne).toMatchObject({ code: 2, output: '' });
    expect(ofOne.errors).toMatch(/is a report of trials, which can be compared with --trials only/);
  });

  test('drains at the first signal and still writes its report', { tags: 'long' }, async ({ api }) => {
    const file = join(await folder(), 'report.json');
    const { io, output, errors, stop, isRunning } = commandIo();
    const ended = runCommand(['race', ...SLOW, '--server', api.url, '-o', `json=${file}`], io, '0.0.0');
    await expect.poll(isRunning).toBe(true);
    await expect.poll(errors).toMatch(/conditional-update running/);
    stop('SIGTERM');
    expect(await ended).toBe(143);
    expect(errors()).toContain('Stopping: waits for what is in flight.');
    expect(output()).toContain('aborted. Stopped by request after ');
    const { race } = JSON.parse(await readFile(file, 'utf8')) as RaceReport;
    expect(race.status).toBe('aborted');
    expect(race.lanes[0]?.honesty.recorded).toBe(race.lanes[0]?.counts.attempts);
  });

  test('opens a lab of its own, and leaves nothing behind', async ({ database }) => {
    const race = ['race', '-s', 'conditional-update', ...AT_ONCE, '--json', '--expect', 'safe'];
    const program = join(dirname(serverProgram), 'oversell.mjs');
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      DATABASE_URL: database.url,
      REDIS_URL: testRedisUrl(),
      NODE_ENV: 'production',
    };
    const child = spawn(process.execPath, [program, ...race], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, errors }).toMatchObject({ code: 0 });
    expect((JSON.parse(output) as RaceReport).race).toMatchObject({
      origin: 'command-line',
      lanes: [{ strategy: 'conditional-update', counts: { accepted: 20 } }],
    });
  });
});

describe('oversell explore', () => {
  test('says what every schedule came to', async ({ api }) => {
    const broken = await command(['explore', 'read-then-write', '--server', api.url]);
    expect(broken.code).toBe(10);
    expect(broken.output).toContain('VIOLATED');
    expect(broken.output).toMatch(/The simplest schedule that breaks: [ab]+/);
    expect(
      (await command(['explore', 'read-then-write', '--expect', 'label', '--server', api.url])).code,
    ).toBe(0);
    const safe = await command(['explore', 'conditional-update', '--json', '--quiet', '--server', api.url]);
    expect(safe).toMatchObject({ code: 0, errors: '' });
    expect(JSON.parse(safe.output)).toMatchObject({ status: 'finished', result: { verdict: 'none-found' } });
    expect(
      (await command(['explore', 'conditional-update', '--expect', 'race', '--server', api.url])).code,
    ).toBe(11);
  });
});

describe('what cannot be done', () => {
  test.for<[string, string[], number, RegExp]>([
    ['no such flag', ['race', '--sotck', '1'], 2, /unknown option '--sotck'\n\(Did you mean --stock\?\)/],
    ['no such command', ['rase'], 2, /unknown command 'rase'/],
    [
      'a condition that is none',
      ['race', '--threshold', 'p98<1'],
      2,
      /--threshold 'p98<1': there is no figure p98/,
    ],
    ['an unknown format', ['race', '-o', 'pdf=x'], 2, /knows no format "pdf"; there are json, /],
    [
      'one file for two',
      ['race', '-o', 'json=x', '-o', 'csv=./x'],
      2,
      /two reports cannot be written to \.\/x/,
    ],
    ['an output without a file', ['race', '-o', 'json'], 2, /--output takes a format and a file/],
    ['too many trials', ['race', '--trials', '1000'], 2, /--trials takes a whole number from 2 to 200/],
    [
      'trials as a page',
      ['race', '--trials', '2', '-o', 'html=x'],
      2,
      /html shows one race.*; they can be written as json, csv, junit, markdown/,
    ],
    [
      'a server that is none',
      ['race', '--server', 'http://127.0.0.1:1'],
      3,
      /127\.0\.0\.1:1 cannot be reached/,
    ],
    ['an address that is none', ['race', '--server', 'nowhere'], 2, /--server takes an address/],
    [
      'an address with a path',
      ['race', '--server', 'http://127.0.0.1:1/lab'],
      2,
      /server alone: http:\/\/127/,
    ],
    [
      'a strategy to explore that is none',
      ['explore', 'nope'],
      2,
      /^There is no strategy nope\. It is not one/,
    ],
    [
      'a stock that is none',
      ['explore', 'read-then-write', '--stock', 'x'],
      2,
      /^--stock must be a whole number/,
    ],
    ['quantities of too many', ['explore', 'read-then-write', '--quantities', '1,2,3,4'], 2, /^--attempts /],
    ['a plan that cannot be', ['race', '-n', '0'], 2, /^--attempts /],
    ['help for no command', ['bogus', '--help'], 2, /unknown command 'bogus'/],
    ['a report without a file', ['report'], 2, /report takes the file to render/],
    ['a report to judge', ['audit', 'package.json'], 2, /A report is read by oversell report/],
    ['a report that is not there', ['report', '/no/such/file'], 2, /The file cannot be read: ENOENT/],
    [
      'a report that is none',
      ['report', 'package.json'],
      2,
      /package\.json cannot be read\. Line 1: expected a report/,
    ],
    ['an expectation that is none', ['race', '--expect', 'luck'], 2, /Allowed choices are safe, race, label/],
  ])('%s', async ([, args, code, message]) => {
    const result = await command(args);
    expect(result).toMatchObject({ code, output: '' });
    expect(result.errors).toMatch(message);
    expect(result.errors).not.toMatch(/^ +at /m);
  });

  test('a plan that contradicts itself is refused by its flags', async ({ api }) => {
    const result = await command(['race', '-c', '0', '--stock', 'many', '--server', api.url]);
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toContain('--concurrency must be a whole number from 1 to 1,000, not 0');
    expect(result.errors).toContain('--stock must be a whole number from 0 to 1,000,000, not "many"');
    const open = await command(['race', '--model', 'open', '--server', api.url]);
    expect(open.errors).toMatch(/--rate /);
    const unknown = await command(['race', '-s', 'pray', '--server', api.url]);
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.errors).toMatch(/^--strategy pray is not one of advisory-lock-/);
  });

  test('PostgreSQL that does not answer', async () => {
    const { io, errors } = commandIo();
    const env = { DATABASE_URL: 'postgresql://x@127.0.0.1:1/x', REDIS_URL: testRedisUrl() };
    expect(await runCommand(['race'], { ...io, readEnv: () => readEnv(env) }, '0.0.0')).toBe(3);
    expect(errors()).toContain('PostgreSQL at 127.0.0.1:1 cannot be reached');
  });
});

test('help explains every command, and nothing is an error', async () => {
  expect((await command(['--version'])).output).toBe('0.0.0\n');
  const { code, output } = await command(['--help']);
  expect(code).toBe(0);
  for (const name of ['race', 'explore', 'audit', 'compare', 'report', 'strategies', 'start']) {
    expect(output).toContain(`  ${name} `);
    const help = await command([name, '--help']);
    expect(help).toMatchObject({ code: 0, errors: '' });
    expect(help.output).toContain(`Usage: oversell ${name} `);
  }
  expect((await command(['race', '--help'])).output).toMatch(/1000 unless --duration is\s+given\s+instead/);
  const list = await command(['strategies']);
  expect(list.output.trim().split('\n')).toHaveLength(30);
});
