import { defineConfig } from 'prisma/config';

/** Only the Prisma CLI reads this (`generate`, `migrate status`, `migrate deploy`); the server applies migrations itself. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations', seed: 'tsx prisma/seed.ts' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://localhost:5432/oversell' },
});
