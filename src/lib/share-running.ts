/**
 * Shares one run of a function among all calls with the same arguments that arrive while it runs: 500 viewers that ask
 * for the same portion of a log cost one read.
 */
export function shareRunning<Args extends (string | number)[], Result>(
  work: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  const running = new Map<string, Promise<Result>>();
  return (...args) => {
    const key = JSON.stringify(args);
    const shared = running.get(key);
    if (shared) return shared;
    const started = work(...args).finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}
