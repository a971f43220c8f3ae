import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PurchaseDeps } from '@/scenarios/inventory/purchase/purchase';
import { projectRoot } from '@/services/env';

/** What the purchases went through, in one line. */
export async function describeStack({ db, redis }: PurchaseDeps): Promise<string> {
  const [postgres] = await db.$queryRaw<{ version: string; fsync: string; commit: string }[]>`
    select split_part(current_setting('server_version'), ' ', 1) as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as commit`;
  const server = await redis.info('server');
  const product = /^(redis|valkey)_version:(\S+)/m.exec(server)?.[2] ?? 'unknown';
  return [
    `PostgreSQL ${postgres?.version ?? 'unknown'} (fsync ${postgres?.fsync ?? '?'}, synchronous_commit ${postgres?.commit ?? '?'})`,
    `Redis ${product}`,
    `Prisma ${packageVersion('@prisma/client')}`,
    `node-postgres ${packageVersion('pg')}`,
    `node-redis ${packageVersion('redis')}`,
  ].join(', ');
}

function packageVersion(name: string): string {
  const file = join(projectRoot, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
