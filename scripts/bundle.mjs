import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureProgram } from './compile.mjs';
import { fingerprint, readStamp, removeStamp, writeStamp } from './fingerprint.mjs';
import { root } from './project.mjs';
import { showProgress } from './progress.mjs';
import { mustRun } from './run.mjs';

const SOURCES = [
  'src',
  'app',
  'public',
  'vite.config.ts',
  'scripts/refuse-server-code.mjs',
  'package-lock.json',
  'tsconfig.json',
  'prisma/schema.prisma',
];
const stamp = join(root, 'build', '.stamp');

/** Neither tests nor what is generated from the schema change a page. */
const isSource = (name) => !name.startsWith('src/generated/') && !/\.test\.tsx?$/.test(name);

const expectedStamp = () =>
  fingerprint(
    root,
    SOURCES.map((path) => join(root, path)),
    isSource,
  );

/** Builds what production runs, the program and its pages, when a source has changed since. */
export async function ensureBuild() {
  // in this order: Vite begins by emptying the folder
  await ensurePages();
  await ensureProgram();
}

async function ensurePages() {
  const expected = expectedStamp();
  const isThere = ['client', 'server/index.js'].every((path) => existsSync(join(root, 'build', path)));
  if (isThere && readStamp(stamp) === expected) return;
  await showProgress('Building the pages', async () => {
    removeStamp(stamp);
    const remix = join(root, 'node_modules', '@remix-run', 'dev', 'dist', 'cli.js');
    const env = { NODE_ENV: 'production' };
    await mustRun(
      process.execPath,
      [remix, 'vite:build'],
      { env },
      'The messages above say what does not compile.',
    );
  });
  writeStamp(stamp, expected);
}
