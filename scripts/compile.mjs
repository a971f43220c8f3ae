// Compiles the program to JavaScript for production: half of a start was loading TypeScript.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, readStamp, removeStamp, writeStamp } from './fingerprint.mjs';
import { root } from './project.mjs';

const SOURCES = [
  'src',
  'server.ts',
  'purchase-server.ts',
  'package-lock.json',
  'tsconfig.json',
  'scripts/compile.mjs',
];
const folder = join(root, 'build', 'program');
const stamp = join(folder, '.stamp');

/** What `npm start` runs. */
export const serverProgram = join(folder, 'server.mjs');

const expectedStamp = () =>
  fingerprint(
    root,
    SOURCES.map((path) => join(root, path)),
    (name) => /\.(ts|json|mjs)$/.test(name) && !/\.test\.ts$/.test(name),
  );

/** What is started or loaded by name (src/services/process/program.ts) is a file of its own; they share the rest. */
function entryPoints() {
  const strategies = readdirSync(join(root, 'src', 'scenarios', 'inventory', 'strategies'))
    .filter((file) => /^[a-z0-9-]+\.ts$/.test(file))
    .map((file) => file.slice(0, -'.ts'.length));
  return {
    server: 'server.ts',
    'purchase-server': 'purchase-server.ts',
    // beside what starts them: new URL('./load-worker.mjs', import.meta.url) means the same before and after
    'load-worker': 'src/load/load-worker.ts',
    'audit-worker': 'src/jobs/audit/audit-worker.ts',
    ...Object.fromEntries(
      strategies.map((id) => [`strategies/${id}`, `src/scenarios/inventory/strategies/${id}.ts`]),
    ),
  };
}

/** Compiles the program when a source has changed since. Takes 0.3 s. */
export async function ensureProgram() {
  const expected = expectedStamp();
  if (existsSync(serverProgram) && readStamp(stamp) === expected) return;
  const { build } = await import('esbuild');
  removeStamp(stamp);
  rmSync(folder, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: entryPoints(),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
  });
  writeStamp(stamp, expected);
}
