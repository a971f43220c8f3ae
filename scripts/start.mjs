// npm start: set up what is missing, then run the server in production mode until it is told to stop.
import { runMain, stopOnSignals } from './run.mjs';
import { onStopSignals, startServer } from './server-process.mjs';
import { setUp } from './setup.mjs';

await runMain(async () => {
  const handSignalsOver = stopOnSignals();
  const { redisServerBin, program } = await setUp({ build: 'to-run', redis: 'as-configured' });
  handSignalsOver();

  const { child, ended } = startServer(
    'production',
    ['--enable-source-maps', program],
    redisServerBin && { REDIS_SERVER_BIN: redisServerBin },
  );
  onStopSignals((signal) => child.kill(signal));
  return ended;
});
