import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LabUnavailableError, refuse } from '@/lib/lab-error';
import type { Result } from '@/lib/lab-error';
import type { CheckHead, CheckResult, StoredCheck } from '@/model/app-check';
import { cutPage, isId, newId, readCursor } from './list-page';
import type { WantedPage } from './list-page';

/** Results that are kept; the oldest make room for new ones. */
const MOST = 500;
const FORMAT = 'oversell-check';
/** Names sort by time: when the check was over in ms, and its id. */
const FILE = /^(\d{13})-([0-9a-z]+)\.json$/;

/** What a file must have so that it can be listed; only this store writes them. */
const head = z.looseObject({
  format: z.literal(FORMAT),
  version: z.literal(1),
  name: z.string(),
  verdict: z.enum(['violated', 'ok', 'inconclusive']),
  reason: z.string(),
  requests: z.array(z.looseObject({ title: z.string() })),
  app: z.looseObject({ start: z.string() }),
  notes: z.array(z.string()),
});

interface Place {
  file: string;
  id: string;
  createdAt: string;
}

export type CheckPage = Result<{ checks: CheckHead[]; nextCursor: string | null }>;

/**
 * Results of `oversell check` in a folder of this machine, a file each. No database: a check needs none but the app's.
 * Only the owner of the folder may read them, since they hold rows of that database.
 *
 * What reads them throws LabUnavailableError when the folder cannot be read.
 */
export class CheckStore {
  /** @param dataDir the folder of the product's data */
  constructor(private readonly dataDir: string) {}

  private get folder(): string {
    return join(this.dataDir, 'check-results');
  }

  /** Keeps a result. @throws what the file system throws when there is no room, or no right to write */
  async save(result: CheckResult, now = new Date()): Promise<StoredCheck> {
    const stored = { id: newId(), createdAt: now.toISOString(), ...result };
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const file = join(this.folder, `${String(now.getTime()).padStart(13, '0')}-${stored.id}.json`);
    // a reader sees all of it or nothing
    const draft = `${file}.${process.pid}`;
    try {
      await writeFile(draft, JSON.stringify({ format: FORMAT, version: 1, ...stored }), { mode: 0o600 });
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    for (const old of (await this.places()).slice(MOST)) await rm(old.file, { force: true });
    return stored;
  }

  /** Results, newest first. A file that is no result of a check is passed over. */
  async list({ limit, cursor }: WantedPage): Promise<CheckPage> {
    const from = readCursor(cursor);
    if (!from.ok) return from;
    const { before } = from;
    const isOlder = ({ createdAt, id }: Place) =>
      !before ||
      createdAt < before.createdAt.toISOString() ||
      (createdAt === before.createdAt.toISOString() && id < before.id);
    const found: CheckHead[] = [];
    for (const place of (await this.places()).filter(isOlder)) {
      if (found.length > limit) break;
      const stored = await this.read(place);
      if (stored) found.push(toHead(stored));
    }
    const { shown, nextCursor } = cutPage(found, limit);
    return { ok: true, checks: shown, nextCursor };
  }

  /** A result by its id; null when there is none. */
  async get(id: string): Promise<StoredCheck | null> {
    const place = await this.find(id);
    return place ? this.read(place) : null;
  }

  async remove(id: string): Promise<Result> {
    const place = await this.find(id);
    if (!place) return refuse('not-found', 'unknown-check', `There is no check ${id}.`);
    await rm(place.file, { force: true });
    return { ok: true };
  }

  private async find(id: string): Promise<Place | undefined> {
    return isId(id) ? (await this.places()).find((place) => place.id === id) : undefined;
  }

  /** Newest first. */
  private async places(): Promise<Place[]> {
    const names = await readdir(this.folder).catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return [];
      const message = `The results of checks cannot be read: ${this.folder} (${code}).`;
      throw new LabUnavailableError(message, 'results-unavailable', { cause: error });
    });
    return names
      .flatMap((name) => {
        const [, ms = '', id = ''] = FILE.exec(name) ?? [];
        const at = new Date(Number(ms));
        if (ms === '' || Number.isNaN(at.getTime())) return [];
        return [{ file: join(this.folder, name), id, createdAt: at.toISOString() }];
      })
      .sort((a, b) =>
        a.createdAt === b.createdAt ? compare(b.id, a.id) : compare(b.createdAt, a.createdAt),
      );
  }

  /** Null for what cannot be read, and for what is no result. */
  private async read({ file, id, createdAt }: Place): Promise<StoredCheck | null> {
    try {
      const text = await readFile(file, 'utf8');
      const { format: _format, version: _version, ...stored } = head.parse(JSON.parse(text));
      return { ...(stored as unknown as CheckResult), id, createdAt };
    } catch {
      return null;
    }
  }
}

function toHead({ id, createdAt, name, verdict, reason, requests, explored }: StoredCheck): CheckHead {
  return { id, createdAt, name, verdict, reason, requests, schedules: explored?.schedules ?? null };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
