import { setTimeout as sleep } from 'node:timers/promises';
import { deferred, type Deferred } from '@/lib/deferred';
import { refuse } from '@/lib/lab-error';
import type { Refusal, Result } from '@/lib/lab-error';
import type { LabLog } from '@/lib/lab-log';
import { withTimeout } from '@/lib/with-timeout';
import { isOver } from '@/model/job';
import type { JobCount, JobHead, JobKindName, JobState } from '@/model/job';
import { requireDatabase } from './require-database';

const SAVE_AGAIN_MS = 1_000;
/** Timeout of the last write before the server ends, ms. */
const LAST_SAVE_MS = 2_000;
/** A first write whose answer was lost has come to its end by then: it waits for no lock for so long, ms. */
const WRITTEN_WITHIN_MS = 10_000;

/** Refuses to start a job while this process shuts down. */
export const SHUTTING_DOWN = refuse('unavailable', 'shutting-down', 'The server is shutting down.');

/** A job in the memory of this process, from before its first row is written until its end is stored. */
export class ActiveJob<Head extends JobHead = JobHead> {
  private stopReason: string | undefined;
  /** Called after each change; set by the `Jobs` that hold the job. */
  changed: () => void = () => undefined;

  constructor(readonly head: Head) {}

  get id(): string {
    return this.head.id;
  }

  /** Why the job no longer follows its plan; undefined while it does. */
  get stopped(): string | undefined {
    return this.stopReason;
  }

  enter(status: Head['status'], reason: string | null = null): void {
    const { head } = this;
    head.status = status;
    head.reason = reason;
    const now = new Date().toISOString();
    if (status === 'preparing' || status === 'running') head.startedAt ??= now;
    if (isOver(status)) head.finishedAt = now;
    this.changed();
  }

  /**
   * Starts nothing more of the job. A job that has begun stays `stopping` until it is over; further calls change
   * nothing.
   */
  stop(reason: string): void {
    if (isOver(this.head.status) || this.stopReason !== undefined) return;
    this.stopReason = reason;
    if (this.head.status !== 'queued') this.enter('stopping', reason);
  }
}

/** What distinguishes one kind of job from another. */
export interface JobKind<J extends ActiveJob> {
  name: JobKindName;
  /** The refusal when as many jobs wait or run as are allowed. */
  refuseMore: (active: readonly J[]) => string | undefined;
  /** Writes a job as it is now. */
  save: (job: J) => Promise<void>;
  /** A job, active or as viewers read it from the store; null for an unknown id. */
  find: (id: string) => Promise<Omit<JobState, 'id'> | null>;
  /** Deletes a stored job with everything that belongs to it. */
  erase: (id: string) => Promise<void>;
  /** Marks the unfinished jobs of servers that have died, with this reason; returns their ids. */
  interruptOrphans: (owners: readonly number[], reason: string) => Promise<string[]>;
  /** That reason. */
  interrupted: string;
}

export interface JobsDeps {
  owner: { key: number };
  log: LabLog;
  /** Something about an active job has changed. */
  onChange: (kind: JobKindName, id: string) => void;
}

/** The life of all jobs of one kind: accepted, stopped, stored, deleted, and recovered after a crash. */
export class Jobs<J extends ActiveJob> {
  private readonly active = new Map<string, J>();
  private readonly ends = new Map<string, Deferred<void>>();
  private readonly unstored = new Set<Promise<void>>();
  /** Dropped jobs whose first row may be in the store or may still come, with the time at which they were dropped. */
  private readonly dropped = new Map<string, number>();
  private isForgetting = false;
  private readonly ended = new Map<JobHead['status'], number>();
  private readonly closing = new AbortController();
  private isRefusing = false;

  constructor(
    private readonly kind: JobKind<J>,
    private readonly deps: JobsDeps,
  ) {}

  get(id: string): J | undefined {
    return this.active.get(id);
  }

  all(): J[] {
    return [...this.active.values()];
  }

  /** The job that is running, if any. */
  running(): J | undefined {
    return this.all().find(({ head }) => head.status !== 'queued' && !isOver(head.status));
  }

  /** The jobs of this process by status: those that are active now, and those that have ended since it started. */
  count(): JobCount[] {
    const active = new Map<JobHead['status'], number>();
    for (const { head } of this.active.values())
      if (!isOver(head.status)) active.set(head.status, (active.get(head.status) ?? 0) + 1);
    return [...active, ...this.ended].map(([status, count]) => ({ kind: this.kind.name, status, count }));
  }

  /** The refusal of a further job, if none can be accepted now. */
  refuseMore(): Refusal | undefined {
    if (this.isRefusing) return SHUTTING_DOWN;
    const full = this.kind.refuseMore(this.all());
    return full === undefined ? undefined : refuse('limit', 'queue-full', full);
  }

  /** Whether no further job is accepted. */
  get isClosing(): boolean {
    return this.isRefusing;
  }

  /** Accepts no further job. */
  refuseAll(): void {
    this.isRefusing = true;
  }

  /**
   * Accepts a job and writes its first row. The job counts from the call on, so that concurrent requests cannot exceed
   * a limit together.
   *
   * @throws LabUnavailableError when it cannot be written; the job is dropped then, with what was written of it
   */
  async begin(job: J): Promise<void> {
    const { id } = job;
    job.changed = () => this.deps.onChange(this.kind.name, id);
    this.active.set(id, job);
    this.ends.set(id, deferred());
    try {
      await requireDatabase(this.kind.save(job), this.deps.log);
    } catch (error) {
      this.active.delete(id);
      this.end(id);
      // it may have been written: only the answer is missing
      this.dropped.set(id, performance.now());
      void this.forgetDropped();
      throw error;
    }
  }

  /** Resolves when a job is over and stored, or cannot be stored now; at once when it is not active. */
  async over(id: string): Promise<void> {
    await this.ends.get(id)?.promise;
  }

  /**
   * Stores a job that is over and removes it from memory. While the database is away, the job is served from memory and
   * written again in the background. Never rejects.
   */
  async complete(job: J): Promise<void> {
    const { status } = job.head;
    this.ended.set(status, (this.ended.get(status) ?? 0) + 1);
    try {
      await this.kind.save(job);
      this.active.delete(job.id);
    } catch (error) {
      this.deps.log.error(this.about(job, error), `${this.kind.name} could not be stored; trying again`);
      const later = this.saveLater(job).finally(() => this.unstored.delete(later));
      this.unstored.add(later);
    }
    this.end(job.id);
  }

  /** Where a job stands; null for an unknown id. */
  async state(id: string): Promise<JobState | null> {
    const found = await this.kind.find(id);
    if (!found) return null;
    const { status, reason, progress } = found;
    return { id, status, reason, ...(progress && { progress }) };
  }

  /** Stops an active job as its kind does; a job that is over stays as it is. */
  async stop(id: string, stopActive: (job: J) => Promise<void> | void): Promise<Result> {
    const job = this.active.get(id);
    if (job) {
      await stopActive(job);
      return { ok: true };
    }
    const stored = await this.kind.find(id);
    if (!stored) return this.unknown(id);
    if (isOver(stored.status)) return { ok: true };
    const message = `This ${this.kind.name} runs on another server of this database. Stop it there.`;
    return refuse('conflict', 'other-server', message);
  }

  async delete(id: string): Promise<Result> {
    const { name } = this.kind;
    const stored = await this.kind.find(id);
    if (!stored) return this.unknown(id);
    if (this.active.has(id) || !isOver(stored.status))
      return refuse('conflict', `${name}-running`, `This ${name} is not over yet. Stop it first.`);
    await requireDatabase(this.kind.erase(id), this.deps.log);
    return { ok: true };
  }

  unknown(id: string): Refusal {
    return refuse('not-found', `unknown-${this.kind.name}`, `There is no ${this.kind.name} ${id}.`);
  }

  /** Marks the unfinished jobs of dead servers, and returns their ids. */
  async interruptOrphans(owners: readonly number[]): Promise<string[]> {
    const { name, interrupted } = this.kind;
    const ids = await this.kind.interruptOrphans(owners, interrupted);
    if (ids.length > 0)
      this.deps.log.warn({ [`${name}s`]: ids }, `${name}s of a dead server marked as interrupted`);
    return ids;
  }

  /** Call it when all jobs are over: makes a last attempt to write those that could not be stored. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.unstored);
  }

  private end(id: string): void {
    this.ends.get(id)?.resolve();
    this.ends.delete(id);
  }

  private async saveLater(job: J): Promise<void> {
    const { signal } = this.closing;
    for (;;) {
      await sleep(SAVE_AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
      const isLast = signal.aborted;
      try {
        await (isLast ? withTimeout(this.kind.save(job), LAST_SAVE_MS) : this.kind.save(job));
        return void this.active.delete(job.id);
      } catch (error) {
        if (!isLast) continue;
        return this.deps.log.error(this.about(job, error), `${this.kind.name} is not stored`);
      }
    }
  }

  /** Deletes what was written of dropped jobs: a row that says `queued` while its server lives would stay for ever. Never rejects. */
  private async forgetDropped(): Promise<void> {
    if (this.isForgetting) return;
    this.isForgetting = true;
    const { signal } = this.closing;
    while (this.dropped.size > 0) {
      await sleep(SAVE_AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
      // the next server to start deals with what is left
      if (signal.aborted) return;
      try {
        for (const [id, at] of this.dropped) {
          const isLast = performance.now() - at > WRITTEN_WITHIN_MS;
          await this.kind.erase(id);
          if (isLast) this.dropped.delete(id);
        }
      } catch {
        // PostgreSQL is away, which health reports
      }
    }
    this.isForgetting = false;
  }

  private about(job: J, error: unknown): object {
    return { [this.kind.name]: job.id, error };
  }
}
