/**
 * A worker that a signal ends leaves out what is to happen on `exit`, such as ending the servers that its tests have
 * started: Ctrl-C reaches the workers as it does the runner. Set up in each of them by vitest.config.ts.
 */
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const) {
  process.removeAllListeners(signal);
  process.once(signal, () => process.exit(code));
}
