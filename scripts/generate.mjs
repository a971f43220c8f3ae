import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fingerprint, readStamp, removeStamp, writeStamp } from './fingerprint.mjs';
import { root } from './project.mjs';
import { mustRun, showProgress } from './run.mjs';

/** A schema, and what Prisma makes of it; all relative to the folder in which it is generated. */
const PRODUCT = { folder: root, schema: 'prisma/schema.prisma', output: 'src/generated/prisma/client.ts' };
export const EXAMPLE = {
  folder: join(root, 'examples', 'prisma'),
  schema: 'schema.prisma',
  output: 'generated/client/client.js',
};

/** Generates the Prisma client when it is missing or older than the schema or Prisma. */
export async function ensurePrismaClient({ folder, schema, output } = PRODUCT) {
  const stamp = join(folder, dirname(dirname(output)), '.stamp');
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', 'prisma', 'package.json'), 'utf8'));
  const expected = fingerprint(folder, [join(folder, schema)], undefined, [version]);
  if (existsSync(join(folder, output)) && readStamp(stamp) === expected) return;
  const where = folder === root ? '' : ` of ${relative(root, folder)}`;
  await showProgress(`Generating the Prisma client${where}`, async () => {
    removeStamp(stamp);
    const prisma = join(root, 'node_modules', 'prisma', 'build', 'index.js');
    const env = { ...engineEnv(), PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' };
    await mustRun(process.execPath, [prisma, 'generate'], { env, cwd: folder }, `Check ${schema}.`);
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
