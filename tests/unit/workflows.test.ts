import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { runCommand } from '@/cli/program';
import { EXIT } from '@/cli/exit-code';
import { projectRoot } from '@/services/env';
import { commandIo } from '../fixtures/command-io';

interface Step {
  run?: string;
  uses?: string;
  with?: Record<string, unknown>;
}

const read = (file: string) => readFileSync(join(projectRoot, file), 'utf8');
const recipes = [...read('docs/ci.md').matchAll(/```yaml\n([\s\S]+?)```/g)].map(([, text]) => text ?? '');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

const stepsOf = (workflow: string): Step[] =>
  Object.values((parse(workflow) as { jobs: Record<string, { steps: Step[] }> }).jobs).flatMap(
    ({ steps }) => steps,
  );

const workflow = stepsOf(read('.github/workflows/oversell.yml'));
const gitlab = parse(recipes[1] ?? '') as { race: { script: string[]; artifacts: object } };
const commands = [
  ...workflow.flatMap(({ run }) => run ?? []),
  ...stepsOf(recipes[0] ?? '').flatMap(({ run }) => run ?? []),
  ...gitlab.race.script,
];

/** Words of a command line, with what is quoted as one word. */
const wordsOf = (command: string) =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

test('a step runs a script or uses an action of a major version', () => {
  for (const { run, uses, with: inputs } of workflow) {
    expect([run, uses].filter((value) => value !== undefined)).toHaveLength(1);
    if (uses !== undefined) expect(uses).toMatch(/^actions\/[a-z-]+@v\d+$/);
    if (uses?.startsWith('actions/upload-artifact') === true) expect(inputs?.path).toBe('reports');
  }
});

test.each(commands)('%s exists', (command) => {
  const [program, ...args] = wordsOf(command);
  if (program !== 'npm') return expect(['npx', 'mkdir']).toContain(program);
  const script = args[0] === 'run' ? args[1] : args[0];
  if (script !== 'ci') expect(scripts).toHaveProperty(script ?? '');
});

test.each(commands.filter((command) => command.includes('oversell')))('%s is understood', async (command) => {
  const words = wordsOf(command);
  const args = words.slice(words.indexOf('oversell') + 1).filter((word) => word !== '--');
  expect(args[0]).toBe('race');
  const tested = commandIo();
  // a wrong flag or condition is found before anything is opened, a server at no address only after that
  const code = await runCommand([...args, '--quiet', '--server', 'http://127.0.0.1:1'], tested.io, '0');
  expect({ code, said: tested.errors() }).toMatchObject({ code: EXIT.unreachable });
});

test('GitLab reads the report that the command writes', () => {
  expect(JSON.stringify(gitlab.race.artifacts)).toContain('"junit":"races.xml"');
  expect(gitlab.race.script.at(-1)).toContain('junit=races.xml');
});
