import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test as plainTest } from 'vitest';
import type { CheckFile } from '@/check/check-file';
import { projectRoot } from '@/services/env';
import { appTest as test } from '../fixtures/app-database/check-app';
import { share } from './share';

const ROOT = join(projectRoot, 'examples/other-languages');
const TIMES = share(20);

/** What shows that an example can run: its runtime with its libraries, as Debian's packages install them. */
const PROBES: Record<string, [command: string, ...args: string[]]> = {
  django: ['python3', '-c', 'import django, psycopg2'],
  'flask-psycopg2': ['python3', '-c', 'import flask, psycopg2'],
  'flask-psycopg3': ['python3', '-c', 'import flask, psycopg'],
  'flask-sqlalchemy': ['python3', '-c', 'import flask, psycopg2, sqlalchemy'],
  'go-lib-pq': ['sh', '-c', 'GO111MODULE=off GOPATH=/usr/share/gocode go list github.com/lib/pq'],
  'php-pdo': ['php', '-r', 'exit(extension_loaded("pdo_pgsql") ? 0 : 1);'],
  'sinatra-pg': ['ruby', '-e', 'require "pg"; require "sinatra/base"; require "webrick"'],
};

/** Those of Debian before others of the same name. */
const PATH = `/usr/bin:${process.env.PATH ?? ''}`;

function canRun(example: string): boolean {
  const [command, ...args] = PROBES[example] ?? ['false'];
  try {
    execFileSync(command, args, { env: { ...process.env, PATH }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function read(example: string, file: string): [cwd: string, file: CheckFile] {
  const cwd = join(ROOT, example);
  const check = JSON.parse(readFileSync(join(cwd, file), 'utf8')) as CheckFile;
  return [cwd, { ...check, env: { ...check.env, PATH } }];
}

const here = Object.keys(PROBES).filter(canRun);

plainTest('every example has a probe; those without their runtime are named', () => {
  expect(readdirSync(ROOT).sort()).toEqual(Object.keys(PROBES));
  const missing = Object.keys(PROBES).filter((example) => !here.includes(example));
  console.log(
    missing.length === 0 ? 'every runtime is here' : `left out, for want of a runtime: ${missing.join(', ')}`,
  );
});

test.for(here)(`%s is judged right ${TIMES} of ${TIMES} times`, async (example, { check }) => {
  for (let time = 1; time <= TIMES; time += 1) {
    const broken = await check(...read(example, 'oversell.check.json'));
    const fixed = await check(...read(example, 'fixed.check.json'));
    expect([broken.verdict, fixed.verdict], `time ${time}`).toEqual(['violated', 'ok']);
    expect(broken.explored?.simplest?.reproduced).toEqual({ times: 10, of: 10 });
  }
});
