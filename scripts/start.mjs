// npm start: set up what is missing, then run the server in production mode until it is told to stop.
import { passStopsTo, runMain, startServer, stopOnSignals, stopWithParent } from './run.mjs';
import { setUp } from './setup.mjs';

await runMain(async () => {
  stopOnSignals();
  stopWithParent();
  const { redisServerBin, program } = await setUp({ build: 'to-run', redis: 'as-configured' });

  const { child, ended } = startServer(
    'production',
    ['--enable-source-maps', program],
    redisServerBin && { REDIS_SERVER_BIN: redisServerBin },
  );
  passStopsTo((signal) => child.kill(signal));
  return ended;
});
