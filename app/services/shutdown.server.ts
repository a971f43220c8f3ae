/** All of it together takes no longer, ms. */
const LIMIT_MS = 10_000;
/** npm, the terminal and a parent may each deliver the one Ctrl-C that a person pressed; ms. */
const SAME_SIGNAL_MS = 1_000;

type Closer = () => Promise<unknown> | void;

/**
 * What was opened, and how to close it again: in the opposite order, each part even when another fails, and within
 * ten seconds. The first SIGINT or SIGTERM closes everything; a second one ends the process at once.
 */
export class Shutdown {
  private readonly closers: { name: string; close: Closer }[] = [];
  private requestedAt: number | undefined;

  add(name: string, close: Closer): void {
    this.closers.unshift({ name, close });
  }

  /**
   * Listens for signals. `started` settles when everything has been opened (or has failed to): until then nothing
   * is closed, since a server that is half way up cannot be closed cleanly.
   */
  onSignals(started: Promise<unknown>): void {
    const onSignal = (signal: 'SIGINT' | 'SIGTERM') => {
      const now = Date.now();
      if (this.requestedAt === undefined) {
        this.requestedAt = now;
        process.stderr.write('\n  Stopping …\n');
        void this.exitWhenClosed(started);
      } else if (now - this.requestedAt > SAME_SIGNAL_MS) {
        process.exit(signal === 'SIGINT' ? 130 : 143);
      }
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  }

  /** Closes everything; resolves with whether all of it closed in time and without an error. */
  async closeAll(): Promise<boolean> {
    let isClean = true;
    for (const { name, close } of this.closers.splice(0)) {
      try {
        await close();
      } catch (error) {
        isClean = false;
        process.stderr.write(`  closing ${name} failed: ${error instanceof Error ? error.message : error}\n`);
      }
    }
    return isClean;
  }

  private async exitWhenClosed(started: Promise<unknown>): Promise<void> {
    setTimeout(() => {
      process.stderr.write(`  not stopped within ${LIMIT_MS / 1_000} s; ending all the same\n`);
      process.exit(1);
    }, LIMIT_MS);
    await started.catch(() => undefined);
    process.exit((await this.closeAll()) ? 0 : 1);
  }
}
