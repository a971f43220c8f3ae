import { setTimeout as delay } from 'node:timers/promises';
import type { AppActor } from './app-actor';

const LOOK_MS = 2;
/** Looks in a row at which nothing may be left. */
const QUIET_LOOKS = 3;

/**
 * Lets every request run to its end in whatever order, so that another schedule can begin. What is still open after
 * `timeoutMs` is closed: the server then rolls back what it has not committed.
 */
export async function drain(actors: readonly AppActor[], timeoutMs = 10_000): Promise<void> {
  if (actors.every(({ isIdle }) => isIdle)) return;
  const until = performance.now() + timeoutMs;
  for (const actor of actors) actor.isRunning = true;
  try {
    for (let quiet = 0; quiet < QUIET_LOOKS;) {
      for (const actor of actors) actor.goOn();
      quiet = actors.every(({ isIdle }) => isIdle) ? quiet + 1 : 0;
      if (performance.now() > until) {
        for (const actor of actors) actor.disconnect();
        return;
      }
      await delay(LOOK_MS);
    }
  } finally {
    for (const actor of actors) {
      actor.isRunning = false;
      actor.takeSent();
    }
  }
}
