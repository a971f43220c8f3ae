// What production runs: the program, compiled to JavaScript because half of a start was loading TypeScript, its pages,
// and the copy of both that a server runs on.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeProcess, isAlive, readOwner } from '../src/services/process/process-lock.mjs';
import { fingerprint, readStamp, removeStamp, writeStamp } from './fingerprint.mjs';
import { cacheDir, root } from './project.mjs';
import { mustRun, onExit, showProgress } from './run.mjs';

const PROGRAM_SOURCES = [
  'src',
  'server.ts',
  'purchase-server.ts',
  'package-lock.json',
  'tsconfig.json',
  'scripts/bundle.mjs',
];
const programFolder = join(root, 'build', 'program');
const programStamp = join(programFolder, '.stamp');

/** What `npm start` runs. */
export const serverProgram = join(programFolder, 'server.mjs');

const expectedProgramStamp = () =>
  fingerprint(
    root,
    PROGRAM_SOURCES.map((path) => join(root, path)),
    (name) => /\.(ts|json|mjs)$/.test(name) && !/\.test\.ts$/.test(name),
  );

const strategySources = join(root, 'src', 'scenarios', 'inventory', 'strategies');
const strategyFiles = () => readdirSync(strategySources).filter((file) => /^[a-z0-9-]+\.ts$/.test(file));

/** Modules that `src/services/process/program.ts` starts or loads by name get an output file each, and share chunks. */
function entryPoints() {
  const strategies = strategyFiles().map((file) => file.slice(0, -'.ts'.length));
  return {
    server: 'server.ts',
    oversell: 'src/cli/oversell.ts',
    library: 'src/library.ts',
    'purchase-server': 'purchase-server.ts',
    // beside what starts them: new URL('./load-worker.mjs', import.meta.url) means the same before and after
    'load-worker': 'src/load/load-worker.ts',
    'audit-worker': 'src/jobs/audit/audit-worker.ts',
    inventory: 'src/scenarios/inventory/scenario.ts',
    ...Object.fromEntries(
      strategies.map((id) => [`strategies/${id}`, `src/scenarios/inventory/strategies/${id}.ts`]),
    ),
  };
}

const prismaRuntime = '@prisma/client/runtime/client';

/** What the running program finds in node_modules. */
function dependencies() {
  return Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies);
}

function programIsCurrent(expected = expectedProgramStamp()) {
  return existsSync(serverProgram) && readStamp(programStamp) === expected;
}

/** Compiles the program when a source has changed since. Takes 0.3 s. */
export async function ensureProgram() {
  const expected = expectedProgramStamp();
  if (programIsCurrent(expected)) return;
  const { build } = await import('esbuild');
  removeStamp(programStamp);
  rmSync(programFolder, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: entryPoints(),
    outdir: programFolder,
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    // all else, such as the runtime of the Prisma client, is compiled in; Vite is for development only
    external: [...dependencies(), 'vite'],
    // its CommonJS, which it gives to Node, cannot be compiled into a module
    alias: { [prismaRuntime]: join(root, 'node_modules', `${prismaRuntime}.mjs`) },
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // names stay: they are those of errors
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: true,
    sourcesContent: false,
  });
  // a program lists and shows the strategies that it was compiled with
  for (const file of strategyFiles())
    cpSync(join(strategySources, file), join(programFolder, 'strategies', file));
  writeStamp(programStamp, expected);
}

const PAGE_SOURCES = [
  'src',
  'app',
  'public',
  'vite.config.ts',
  'aliases.ts',
  'scripts/refuse-server-code.mjs',
  'package-lock.json',
  'tsconfig.json',
  'prisma/schema.prisma',
];
const pagesStamp = join(root, 'build', '.stamp');

/** Neither tests nor what is generated from the schema change a page. */
const isSource = (name) => !name.startsWith('src/generated/') && !/\.test\.tsx?$/.test(name);

const expectedPagesStamp = () =>
  fingerprint(
    root,
    PAGE_SOURCES.map((path) => join(root, path)),
    isSource,
  );

/** Builds what production runs, the program and its pages, when a source has changed since. */
export async function ensureBuild() {
  // in this order: Vite begins by emptying the folder
  await ensurePages();
  await ensureProgram();
}

/** Whether program and pages were built from the sources as they are. */
export function buildIsCurrent() {
  return programIsCurrent() && pagesAreCurrent();
}

function pagesAreCurrent(expected = expectedPagesStamp()) {
  const isThere = ['client', 'server/index.js'].every((path) => existsSync(join(root, 'build', path)));
  return isThere && readStamp(pagesStamp) === expected;
}

async function ensurePages() {
  const expected = expectedPagesStamp();
  if (pagesAreCurrent(expected)) return;
  await showProgress('Building the pages', async () => {
    removeStamp(pagesStamp);
    const remix = join(root, 'node_modules', '@remix-run', 'dev', 'dist', 'cli.js');
    const env = { NODE_ENV: 'production' };
    await mustRun(
      process.execPath,
      [remix, 'vite:build'],
      { env },
      'The messages above say what does not compile.',
    );
  });
  writeStamp(pagesStamp, expected);
}

const copies = join(cacheDir, 'running');

/**
 * Copies the build for the server of this process, which removes the copy when it ends. Under the set-up lock.
 *
 * @returns {string} the copied program
 */
export function copyBuild(from = join(root, 'build'), into = copies) {
  removeOrphans(into);
  const own = join(into, String(process.pid));
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'owner.json'), JSON.stringify(describeProcess()));
  onExit(() => rmSync(own, { recursive: true, force: true }));
  for (const part of ['client', 'server', 'program'])
    cpSync(join(from, part), join(own, part), { recursive: true });
  return join(own, 'program', 'server.mjs');
}

/** Removes copies whose process was killed before it could remove them. */
function removeOrphans(into) {
  if (!existsSync(into)) return;
  for (const name of readdirSync(into)) {
    if (!isAlive(readOwner(join(into, name, 'owner.json'))))
      rmSync(join(into, name), { recursive: true, force: true });
  }
}
