// npm run lint, npm run typecheck
import { runGate } from './gates.mjs';
import { SetupError, runMain, stopOnSignals } from './run.mjs';
import { setUp } from './setup.mjs';

await runMain(async () => {
  stopOnSignals();
  const gate = process.argv[2];
  if (gate !== 'lint' && gate !== 'typecheck')
    throw new SetupError('usage: node scripts/check.mjs lint|typecheck');
  await setUp();
  return (await runGate(gate)) ? 0 : 1;
});
