// npm run build: the pages for production, if a source has changed.
import { runMain, stopOnSignals } from './run.mjs';
import { setUp } from './setup.mjs';

await runMain(async () => {
  stopOnSignals();
  await setUp({ build: true });
});
