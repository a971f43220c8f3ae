// The checks that stand between a change and the main branch: what each one runs, in one place for `npm test`,
// `npm run lint` and `npm run typecheck`.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './project.mjs';
import { run } from './run.mjs';

const bin = (...path) => join(root, 'node_modules', ...path);
const CRUISED = ['src', 'app', 'server.ts', 'purchase-server.ts', 'scripts', 'tests', 'bench', 'prisma'];

/** @returns {Record<'lint' | 'typecheck', { title: string, args: string[] }[]>} arguments of Node */
export function gateCommands() {
  const cruised = CRUISED.filter((path) => existsSync(join(root, path)));
  const cruiser = bin('dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  return {
    lint: [
      { title: 'ESLint', args: [bin('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0'] },
      {
        title: 'Prettier',
        args: [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'],
      },
      { title: 'Import rules', args: [cruiser, ...cruised, '--config', '.dependency-cruiser.cjs'] },
    ],
    typecheck: [{ title: 'TypeScript', args: [bin('typescript', 'bin', 'tsc'), '--noEmit'] }],
  };
}

/**
 * Runs every command of a gate, also after one has failed.
 *
 * @param {'lint' | 'typecheck'} name
 * @returns {Promise<boolean>} whether all succeeded
 */
export async function runGate(name) {
  let passed = true;
  for (const { title, args } of gateCommands()[name]) {
    console.log(`\n${title}`);
    const { code } = await run(process.execPath, args, { show: true });
    if (code !== 0) passed = false;
  }
  return passed;
}
