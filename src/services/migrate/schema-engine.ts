import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { PgPool } from '../postgres/pg-connections';
import { createCatalogAdapter } from './catalog-adapter';

export interface SchemaEngine {
  readonly engine: bindings.SchemaEngine;
  readonly close: () => Promise<void>;
}

/** Tables and enums of others in the same database: none are known to us. */
export const noFilter = { externalTables: [], externalEnums: [] };

const require = createRequire(import.meta.url);
let loaded = false;

/**
 * Prisma's schema engine in WebAssembly: the very code behind `prisma migrate`, without the binary that the
 * command line downloads. The package's main entry imports the `.wasm` file as a module, which Node cannot do
 * without a flag, so it is instantiated here.
 *
 * @param databaseUrl the database it works on; connections are opened when needed
 * @param schema the data model, for commands that compare with it
 */
export async function openSchemaEngine(
  databaseUrl: string,
  schema?: bindings.SchemasContainer,
): Promise<SchemaEngine> {
  if (!loaded) await load();
  // A pool of our own, because the engine leaves the one it makes open until it has been idle for 10 s.
  const pool = new PgPool({ connectionString: databaseUrl, max: 2 });
  const adapter = bindMigrationAwareSqlAdapterFactory(createCatalogAdapter(pool));
  const datamodels = schema?.files.map((file): [string, string] => [file.path, file.content]);
  const engine = await bindings.SchemaEngine.new({ datamodels }, () => undefined, adapter);
  return {
    engine,
    async close() {
      engine.free();
      await pool.end();
    },
  };
}

/** The engine reports a panic (a bug of its own) to this global before it traps with a meaningless "unreachable". */
const panics = { message: '', set_message: (message: string): void => void (panics.message = message) };

async function load(): Promise<void> {
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panics });
  const bindingsFile = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const code = readFileSync(join(dirname(bindingsFile), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(code, {
    './schema_engine_bg.js': bindings as unknown as WebAssembly.ModuleImports,
  });
  const exports = instance.exports as WebAssembly.Exports & { __wbindgen_start: () => void };
  bindings.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  loaded = true;
}
