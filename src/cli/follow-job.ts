import { setTimeout as delay } from 'node:timers/promises';
import type { CommandIo, StopSignal } from './command-io';
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
 * Starts a job and waits until it is over. The first signal drains it; a later one stops waiting for what is in flight.
 *
 * @throws RefusedError, UnreachableError
 */
export async function followJob<Kind extends keyof JobViews>(
  { lab, io, progress }: { lab: CommandLab; io: Pick<CommandIo, 'onStop'>; progress: Progress },
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
      const view = await lab.read(kind, id);
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
