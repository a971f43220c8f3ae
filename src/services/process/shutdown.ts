/** All of it together takes no longer, ms. */
const LIMIT_MS = 10_000;
/** npm, the terminal and a parent may each deliver the one Ctrl-C that a person pressed; ms. */
const SAME_SIGNAL_MS = 1_000;

type Closer = () => unknown;

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
    const stop = (exitCode: number) => {
      const now = Date.now();
      if (this.requestedAt === undefined) {
        this.requestedAt = now;
        process.stderr.write('\n  Stopping …\n');
        void this.exitWhenClosed(started);
      } else if (now - this.requestedAt > SAME_SIGNAL_MS) {
        process.exit(exitCode);
      }
    };
    process.on('SIGINT', () => stop(130));
    process.on('SIGTERM', () => stop(143));
    process.on('SIGHUP', () => stop(129));
    // the script that started this one has died and could not say so
    process.once('disconnect', () => stop(143));
  }

  /** Closes everything; resolves with whether all of it closed in time and without an error. */
  async closeAll(): Promise<boolean> {
    let isClean = true;
    for (const { name, close } of this.closers.splice(0)) {
      try {
        await close();
      } catch (error) {
        isClean = false;
        process.stderr.write(
          `  closing ${name} failed: ${error instanceof Error ? error.message : String(error)}\n`,
        );
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
