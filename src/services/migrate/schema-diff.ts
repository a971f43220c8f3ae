import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../env';
import { noFilter, openSchemaEngine } from './schema-engine';

/** @returns the SQL that would bring the database up to `prisma/schema.prisma`; empty when nothing is missing */
export async function diffWithSchema(databaseUrl: string): Promise<string> {
  const content = readFileSync(join(projectRoot, 'prisma', 'schema.prisma'), 'utf8');
  const schema = { files: [{ path: 'schema.prisma', content }] };
  const { engine, close } = await openSchemaEngine(databaseUrl, schema);
  try {
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', ...schema, configDir: projectRoot },
      to: { tag: 'schemaDatamodel', ...schema },
      script: true,
      exitCode: null,
      filters: noFilter,
    });
    const script = stdout?.trim() ?? '';
    return script === '-- This is an empty migration.' ? '' : script;
  } finally {
    await close();
  }
}
