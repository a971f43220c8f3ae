import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadStrategies } from '@/scenarios/registry';
import { projectRoot } from '@/services/env';
import { strategyFolder } from '@/services/process/program';

/** Nothing is in the catalogue that is not proven and written about. */
const strategies = [...(await loadStrategies(strategyFolder)).values()];
const read = (...parts: string[]) => readFileSync(path.join(projectRoot, ...parts), 'utf8');
const list = read('docs/strategies.md');
const proofs = readdirSync(path.join(projectRoot, 'tests/contract'))
  .filter((file) => /^(?:labels-|forced-)/.test(file))
  .map((file) => read('tests/contract', file))
  .join('\n');

test('there are at least 25 strategies of all three classes', () => {
  expect(strategies.length).toBeGreaterThanOrEqual(25);
  expect(new Set(strategies.map(({ expected }) => expected))).toEqual(
    new Set(['unsafe', 'conditional', 'safe']),
  );
});

const safe = strategies.filter(({ expected }) => expected === 'safe');
test.each(safe.map(({ id }) => id))('%s has a mutant, which a test on it has to catch', (id) => {
  expect(existsSync(path.join(projectRoot, 'tests/fixtures/shop/mutants', `${id}.ts`))).toBe(true);
  expect(proofs).toContain(`mutants/${id}'`);
});

describe.each(strategies.map(({ id, expected }) => [id, expected] as const))('%s', (id, expected) => {
  test('has its label forced in a test', () => {
    expect(proofs).toMatch(new RegExp(`['"\`/]${id}\\b`));
  });

  test('is in the list of strategies with its class', () => {
    expect(list).toMatch(new RegExp(`\\| \`${id}\`\\s*\\| \`${expected}\`\\s*\\|`));
  });
});
