import { setTimeout as delay } from 'node:timers/promises';
import type { CommandIo, StopSignal } from './command-io';
import { RefusedError, UnreachableError } from './lab/command-lab';
import type { CommandLab, JobViews } from './lab/command-lab';
import type { Progress, Standing } from './progress';

/** A job that is over, and the signal that ended it early, if one did. */
export interface Followed<View> {
  view: View;
  stoppedBy: StopSignal | null;
}

/** Two signals of one Ctrl-C reach a process within this, ms: from the terminal, and from the script that started it. */
export const SAME_SIGNAL_MS = 500;

/**
 * How long a lab that does not answer is asked again, and how often, ms: a server lets those who look wait before it lets a race
 * wait, and a machine may stand still for a while.
 */
const PATIENCE: Patience = { forMs: 60_000, everyMs: 1_000 };

interface Patience {
  forMs: number;
  everyMs: number;
}

interface Follower {
  lab: Pick<CommandLab, 'start' | 'read' | 'stop' | 'lookEveryMs'>;
  io: Pick<CommandIo, 'onStop'>;
  progress: Progress;
  patience?: Patience;
}

/**
 * Starts a job and waits until it is over. The first signal drains it; a later one stops waiting for what is in flight. A job that
 * cannot be followed any longer is asked to stop.
 *
 * @throws RefusedError, UnreachableError
 */
export async function followJob<Kind extends keyof JobViews>(
  { lab, io, progress, patience = PATIENCE }: Follower,
  kind: Kind,
  request: object,
  standingOf: (view: JobViews[Kind]) => Standing,
): Promise<Followed<JobViews[Kind]>> {
  const id = await lab.start(kind, request);
  let stoppedBy: StopSignal | null = null;
  let stoppedAt = 0;
  let failure: unknown;
  const forget = io.onStop((signal) => {
    const now = performance.now();
    if (stoppedBy !== null && now - stoppedAt < SAME_SIGNAL_MS) return;
    progress.say(stoppedBy === null ? 'Stopping: waits for what is in flight.' : 'Stopping at once.');
    lab.stop(kind, id, stoppedBy === null ? 'drain' : 'kill').catch((error: unknown) => (failure = error));
    stoppedBy ??= signal;
    stoppedAt = now;
  });
  try {
    for (;;) {
      const view = await readPatiently(
        { lab, progress, patience, isStopping: () => stoppedBy !== null },
        kind,
        id,
      );
      if (view.finishedAt !== null) return { view, stoppedBy };
      if (failure instanceof Error) throw failure;
      progress.show(standingOf(view));
      await delay(lab.lookEveryMs);
    }
  } finally {
    forget();
    progress.end();
  }
}

/** @throws what the last look failed with, and the job's id */
async function readPatiently<Kind extends keyof JobViews>(
  { lab, progress, patience, isStopping }: Omit<Required<Follower>, 'io'> & { isStopping: () => boolean },
  kind: Kind,
  id: string,
): Promise<JobViews[Kind]> {
  const giveUpAt = performance.now() + patience.forMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await lab.read(kind, id);
    } catch (error) {
      const mayPass = error instanceof UnreachableError || (error instanceof RefusedError && error.mayPass);
      if (!mayPass || isStopping()) throw error;
      if (performance.now() > giveUpAt) {
        const isStopped = await lab.stop(kind, id, 'drain').then(
          () => true,
          () => false,
        );
        const then = isStopped ? 'was asked to stop' : 'could not be stopped either, and may still run';
        throw new UnreachableError(`${error.message} The ${kind} ${id} ${then}.`);
      }
      if (tries === 1) progress.say(`${error.message} Asks again for ${patience.forMs / 1_000} s.`);
      await delay(patience.everyMs);
    }
  }
}
