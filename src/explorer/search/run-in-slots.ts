/**
 * Keeps every slot busy with one job after another until none is left. A job may create others, so a slot without one
 * waits for those that run.
 *
 * @param next starts a job in a slot; undefined: there is none just now
 * @throws the error of the first job that failed, after all running jobs have ended: until then each still uses its
 * slot
 */
export async function runInSlots(
  slots: number,
  next: (slot: number) => Promise<void> | undefined,
): Promise<void> {
  const free = Array.from({ length: slots }, (_, slot) => slots - 1 - slot);
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for (;;) {
    const slot = free.at(-1);
    const job = slot === undefined || failures.length > 0 ? undefined : next(slot);
    if (job) {
      free.pop();
      const watched = job
        .catch((error: unknown) => void failures.push(error))
        .finally(() => {
          free.push(slot ?? 0);
          running.delete(watched);
        });
      running.add(watched);
      continue;
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  if (failures.length > 0) throw failures[0] as Error;
}
