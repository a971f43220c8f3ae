import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { beforeEach, describe, expect, test } from 'vitest';
import { PLAN_ROWS } from '@/plan/fields';
import { projectRoot } from '@/services/env';
import { commandIo } from '../../../tests/fixtures/command-io';
import { planOptions } from '../plan-flags';
import type { Given } from '../plan-flags';
import { runCommand } from '../program';
import { readConfigFor } from './apply-config';
import { configSchema, describeConfig } from './config-schema';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oversell-config-'));
  return () => rmSync(folder, { recursive: true });
});

function write(settings: object | string, name = 'oversell.config.json'): string {
  const text = typeof settings === 'string' ? settings : JSON.stringify(settings);
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function command(...args: string[]) {
  const { io, output, errors } = commandIo({ cwd: folder });
  const code = await runCommand(args, io, '0.0.0');
  return { code, output: output(), errors: errors() };
}

/** What a race is given: the flags, the environment and the file together. */
async function given(args: string[], cwd = folder): Promise<Given> {
  const race = new Command('race').exitOverride();
  for (const option of planOptions()) race.addOption(option);
  race.addOption(new Option('--server <url>').env('OVERSELL_TEST_SERVER'));
  race.addOption(new Option('--expect <what>').default('safe'));
  race.addOption(new Option('--invariant <condition>').argParser((text: string) => [text]));
  race.addOption(new Option('-o, --output <format=file>').argParser((text: string) => [text]));
  race.addOption(new Option('--baseline <file>'));
  readConfigFor('race', race, commandIo({ cwd }).io);
  let result: Given = {};
  race.action((options: Given) => void (result = options));
  await race.parseAsync(args, { from: 'user' });
  return result;
}

describe('settings in a file', () => {
  test('count less than the environment, and that less than flags', async () => {
    write({ server: 'http://file.example', race: { stock: 5, attempts: 7, expect: 'label' } });
    expect(await given(['-n', '9'])).toMatchObject({
      server: 'http://file.example',
      stock: 5,
      attempts: '9',
      expect: 'label',
    });
    process.env.OVERSELL_TEST_SERVER = 'http://environment.example';
    try {
      expect(await given([])).toMatchObject({ server: 'http://environment.example', attempts: 7 });
      const flag = await given(['--server', 'http://flag.example', '--expect', 'race']);
      expect(flag).toMatchObject({ server: 'http://flag.example', expect: 'race' });
    } finally {
      delete process.env.OVERSELL_TEST_SERVER;
    }
  });

  test('are found from a folder upwards, and files in them lie beside the file', async () => {
    write({
      race: {
        strategies: ['safe', 'read-then-write'],
        invariants: ['oversold==0'],
        outputs: { junit: 'races.xml', json: '-' },
        baseline: 'earlier.json',
      },
    });
    const below = join(folder, 'a', 'b');
    mkdirSync(below, { recursive: true });
    expect(await given([], below)).toMatchObject({
      strategy: 'safe,read-then-write',
      invariant: ['oversold==0'],
      output: [`junit=${join(folder, 'races.xml')}`, 'json=-'],
      baseline: join(folder, 'earlier.json'),
    });
    expect(await given(['--invariant', 'accepted==1'], below)).toMatchObject({ invariant: ['accepted==1'] });
  });

  test('give way where a flag leaves them without a meaning', async () => {
    write({ race: { attempts: 500, model: 'open', rate: 50, control: true } });
    expect(await given(['-d', '2'])).not.toHaveProperty('attempts');
    const closed = await given(['--model', 'closed', '--no-control']);
    expect(closed).not.toHaveProperty('rate');
    expect(closed).toMatchObject({ model: 'closed', attempts: 500, control: false });
  });

  test('can be written in TypeScript, and --config names the file', async () => {
    const file = write(
      `import { defineConfig } from 'oversell';
       const stock: number = 3;
       export default defineConfig({ race: { stock } });`,
      'other.config.ts',
    );
    expect(await given(['--config', file])).toMatchObject({ stock: 3 });
    expect(await given([])).not.toHaveProperty('stock');
    const shown = await command('config', '--config', 'other.config.ts');
    expect(JSON.parse(shown.output)).toEqual({ file, settings: { race: { stock: 3 } } });
  });
});

describe('settings that are wrong', () => {
  test.for<[object | string, RegExp]>([
    [{ race: { sotck: 1 } }, /race is no setting "sotck"; there are strategies, model, stock, /],
    [{ rcae: {} }, /there is no setting "rcae"; there are \$schema, server, quiet, race, explore$/m],
    [{ explore: { strategy: 'x' } }, /explore is no setting "strategy"; there are attempts, /],
    [{ race: { stock: 'many' } }, /race\.stock must be a whole number from 0 to 1,000,000, not "many"/],
    [{ race: { model: 'fast' } }, /race\.model must be one of closed, burst, open, not "fast"/],
    [{ race: { trials: 1 } }, /race\.trials must be a whole number from 2 to 200, not 1/],
    [{ race: { thresholds: ['p98<1'] } }, /race\.thresholds\.0 is "p98<1": there is no figure p98/],
    [
      { race: { outputs: { pdf: 'x' } } },
      /race\.outputs is no setting "pdf"; there are json, csv, junit, markdown, html, ndjson/,
    ],
    [{ explore: { attempts: 4 } }, /explore\.attempts must be a whole number from 2 to 3, not 4/],
    [{ quiet: 'yes' }, /quiet must be true or false, not "yes"/],
    [[], /must be an object, not a list/],
    ['{ "race": ', /cannot be read: .*JSON/],
  ])('%j', async ([settings, message]) => {
    const file = write(settings);
    for (const args of [['config'], ['race', '--server', 'http://127.0.0.1:1']]) {
      const { code, output, errors } = await command(...args);
      expect({ code, output }).toEqual({ code: 2, output: '' });
      expect(errors).toMatch(message);
      expect(errors).toContain(file);
    }
  });

  test('a file that throws, one that is not there, and two at once', async () => {
    write('throw new Error("no luck")', 'bad.ts');
    expect(await command('config', '--config', 'bad.ts')).toMatchObject({
      code: 2,
      errors: `${join(folder, 'bad.ts')} cannot be read: no luck\n`,
    });
    const missing = await command('race', '--config', 'none.json');
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.errors).toContain('none.json cannot be read: ENOENT');
    write({});
    write('export default {};', 'oversell.config.ts');
    const two = await command('config');
    expect(two).toMatchObject({ code: 2 });
    expect(two.errors).toMatch(/^There are two files of settings: .*\.json and .*\.ts\.\n$/);
  });
});

describe('the schema', () => {
  const file = join(projectRoot, 'docs', 'oversell.config.schema.json');

  test('is kept as the program prints it, with every field of a plan', async () => {
    const printed = await command('config', '--schema');
    expect(printed).toMatchObject({ code: 0, errors: '' });
    expect(JSON.parse(printed.output)).toEqual(JSON.parse(readFileSync(file, 'utf8')));
    const { properties } = (describeConfig() as { properties: Record<string, { properties: object }> })
      .properties.race ?? { properties: {} };
    for (const [name] of PLAN_ROWS) expect(properties).toHaveProperty(name);
  });

  test('needs nothing and fills in nothing', () => {
    expect(configSchema.parse({ race: {}, explore: {} })).toEqual({ race: {}, explore: {} });
  });
});
