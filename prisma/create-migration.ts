// Writes the migration that brings the existing ones up to schema.prisma:
//   node --import tsx prisma/create-migration.ts <name>
// The same as `prisma migrate dev --create-only`, without the engine binary that it downloads.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../src/services/env';
import { startEmbeddedPostgres } from '../src/services/postgres/embedded-postgres';
import { migrateBehindSchema } from '../src/services/migrate/migrate';
import { diffWithSchema } from '../src/services/migrate/schema-diff';

const migrationsDir = join(projectRoot, 'prisma', 'migrations');
const log = (message: string): void => console.error(message);

async function createMigration(name: string): Promise<string | undefined> {
  const dir = mkdtempSync(join(tmpdir(), 'oversell-migration-'));
  // PostgreSQL may run under another account, which has to be able to get in.
  chmodSync(dir, 0o755);
  const postgres = await startEmbeddedPostgres({ dir, log });
  try {
    await migrateBehindSchema({ databaseUrl: postgres.url, migrationsDir, log });
    const script = await diffWithSchema(postgres.url);
    if (script === '') return undefined;
    const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
    const folder = join(migrationsDir, `${stamp}_${name}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'migration.sql'), script);
    return folder;
  } finally {
    await postgres.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

const name = process.argv[2];
if (name === undefined || !/^[a-z0-9_]+$/.test(name)) {
  console.error('usage: node --import tsx prisma/create-migration.ts <name_with_underscores>');
  process.exit(2);
}
const folder = await createMigration(name);
console.log(folder === undefined ? 'The migrations are up to date with schema.prisma.' : `Wrote ${folder}`);
