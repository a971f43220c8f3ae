import { CloseStack } from '@/lib/close-stack';

/** Limit for closing everything, ms. */
const LIMIT_MS = 10_000;
/** npm, the terminal and a parent may each deliver the one Ctrl-C that a person pressed; ms. */
const SAME_SIGNAL_MS = 1_000;

/**
 * What this process has opened, to be closed within ten seconds. The first SIGINT or SIGTERM closes everything; a
 * second one ends the process at once.
 */
export class Shutdown {
  private readonly opened = new CloseStack();
  private requestedAt: number | undefined;

  add(name: string, close: () => unknown): void {
    this.opened.add(name, close);
  }

  /**
   * Listens for signals. `started` settles when everything has been opened (or has failed to): until then nothing is
   * closed, since a server that is still starting cannot be closed cleanly.
   */
  onSignals(started: Promise<unknown>): void {
    const stop = (exitCode: number) => {
      const now = performance.now();
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
    // the script that started this process has died without a signal
    process.once('disconnect', () => stop(143));
  }

  /** Closes everything; resolves with whether all of it closed in time and without an error. */
  async closeAll(): Promise<boolean> {
    try {
      await this.opened.close();
      return true;
    } catch (error) {
      process.stderr.write(`${(error as Error).message.replace(/^/gm, '  ')}\n`);
      return false;
    }
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
