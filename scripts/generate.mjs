import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, readStamp, removeStamp, writeStamp } from './fingerprint.mjs';
import { root } from './project.mjs';
import { mustRun, showProgress } from './run.mjs';

const output = join(root, 'src', 'generated', 'prisma', 'client.ts');
const stamp = join(root, 'src', 'generated', '.stamp');

function expectedStamp() {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', 'prisma', 'package.json'), 'utf8'));
  return fingerprint(root, [join(root, 'prisma', 'schema.prisma')], undefined, [version]);
}

/** Generates the Prisma client when it is missing or older than the schema or Prisma. */
export async function ensurePrismaClient() {
  const expected = expectedStamp();
  if (existsSync(output) && readStamp(stamp) === expected) return;
  await showProgress('Generating the Prisma client', async () => {
    removeStamp(stamp);
    const prisma = join(root, 'node_modules', 'prisma', 'build', 'index.js');
    const env = { ...engineEnv(), PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' };
    await mustRun(process.execPath, [prisma, 'generate'], { env }, 'Check prisma/schema.prisma.');
  });
  writeStamp(stamp, expected);
}

/**
 * Generating uses no engine, yet Prisma's command line downloads one when it finds none. Any existing program satisfies
 * it.
 */
function engineEnv() {
  if (process.env.PRISMA_SCHEMA_ENGINE_BINARY) return {};
  const folder = join(root, 'node_modules', '@prisma', 'engines');
  const isPresent =
    existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('schema-engine-'));
  return isPresent ? {} : { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath };
}
