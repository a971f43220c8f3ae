import type PQueue from 'p-queue';
import type { Explorer } from '@/explorer/explore';
import { asSentence } from '@/failures/in-words';
import type { Result } from '@/lib/lab-error';
import { NOT_TESTED } from '@/model/isolation';
import type { IsolationReport, IsolationState } from '@/model/isolation';
import { SHUTTING_DOWN } from '../jobs';

type Report = Result<{ report: IsolationReport }>;

export interface IsolationTestDeps {
  explorer: Pick<Explorer, 'testIsolation'>;
  turns: PQueue;
  /** Runs `work` on the explorer's connections, and closes them. */
  onExplorer: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The test of what the connected server's isolation levels really prevent: run once per process. */
export class IsolationTest {
  private current: IsolationState = NOT_TESTED;
  private running: Promise<Report> | undefined;
  private isClosing = false;

  constructor(private readonly deps: IsolationTestDeps) {}

  /** The test's status, and its result. */
  get state(): IsolationState {
    return this.current;
  }

  /** Waits for the test's turn and its end; concurrent callers wait for the same run. */
  async report(): Promise<Report> {
    const { report } = this.current;
    if (report) return { ok: true, report };
    if (this.isClosing) return SHUTTING_DOWN;
    this.running ??= this.queue();
    return this.running;
  }

  /** Starts no further test, and resolves when none runs. */
  async close(): Promise<void> {
    this.isClosing = true;
    await this.running?.catch(() => undefined);
  }

  private async queue(): Promise<Report> {
    this.current = { ...NOT_TESTED, status: 'queued' };
    try {
      return await this.deps.turns.add(() => this.run());
    } catch (error) {
      this.current = { ...NOT_TESTED, problem: asSentence(error) };
      throw error;
    } finally {
      this.running = undefined;
    }
  }

  private async run(): Promise<Report> {
    if (this.isClosing) return SHUTTING_DOWN;
    this.current = { ...NOT_TESTED, status: 'running' };
    const report = await this.deps.onExplorer(() => this.deps.explorer.testIsolation());
    this.current = { status: 'tested', report, problem: null };
    return { ok: true, report };
  }
}
