import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceProcess } from './service-process';

/** Pauses before a restart that follows another one closely, ms. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** A process that ran for this long is restarted without a pause, ms. */
const RAN_WELL_MS = 30_000;

export interface KeptProcess {
  readonly pid: number;
  /** The latest incident, as the end of a sentence; undefined while there is none. */
  incident(): string | undefined;
  /** Ends it for good. */
  close(): Promise<void>;
}

/** Starts the process once; calls `onEnd` when it was ready and ends without being asked to. */
export type Launch = (onEnd: (how: string) => void) => Promise<ServiceProcess>;

/**
 * Starts a server program, and restarts it whenever it ends by itself: at once, and after growing pauses when it does
 * not keep running.
 *
 * @param launchFirst the first start, which may choose what later starts keep, such as the port
 * @throws the error of the first start
 */
export async function keepRunning(
  name: string,
  launchFirst: Launch,
  launchAgain: Launch,
  log: (message: string) => void,
): Promise<KeptProcess> {
  const closing = new AbortController();
  const isClosing = () => closing.signal.aborted;
  let incident: string | undefined;
  let startedAt = 0;
  let pauseMs = 0;
  let restart = Promise.resolve();

  const onEnd = (how: string) => {
    if (isClosing()) return;
    const ended = `ended unexpectedly (${how})`;
    log(`${name} ${ended}: starting it again`);
    restart = startAgain(ended);
  };
  const startAgain = async (ended: string) => {
    incident = `${ended} and is being started again`;
    if (performance.now() - startedAt > RAN_WELL_MS) pauseMs = 0;
    while (!isClosing()) {
      await sleep(pauseMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, 2 * pauseMs), LONGEST_PAUSE_MS);
      if (isClosing()) return;
      try {
        startedAt = performance.now();
        current = await launchAgain(onEnd);
        incident = `${ended} and was started again at ${new Date().toISOString()}`;
        return log(`${name} runs again`);
      } catch (error) {
        log(`${name} cannot be started again yet: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };

  startedAt = performance.now();
  let current = await launchFirst(onEnd);
  return {
    get pid() {
      return current.pid;
    },
    incident: () => incident,
    close: async () => {
      closing.abort();
      await restart;
      await current.stop();
    },
  };
}
