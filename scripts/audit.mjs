// npm run audit -- <file> [--json] [--lane n]: judges the lanes of a history file again. Needs no database.
import { join } from 'node:path';
import { root } from './project.mjs';
import { run, runMain, stopOnSignals } from './run.mjs';
import { setUp } from './setup.mjs';

await runMain(async () => {
  stopOnSignals();
  await setUp();
  const tsx = import.meta.resolve('tsx');
  const args = ['--import', tsx, join(root, 'src', 'cli', 'audit-file.ts'), ...process.argv.slice(2)];
  // npm runs scripts in the project's folder; file names are relative to the caller's folder
  const cwd = process.env.INIT_CWD ?? process.cwd();
  const env = { TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') };
  const { code } = await run(process.execPath, args, { cwd, env, show: true, input: true });
  return code;
});
