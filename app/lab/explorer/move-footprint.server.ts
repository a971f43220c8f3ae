import type { StepKind } from '../step-kind';
import type { SentRedis, SentSql } from './actor.server';
import { addAccess, asWrites, footprintOfCommand, footprintOfSql, NOTHING, unite, widen } from './footprint';
import type { Access, Footprint } from './footprint';

interface OpenTransaction {
  level: string;
  touched: Footprint;
  isFresh: boolean;
}

/**
 * Follows what one attempt touches, move by move: a commit or rollback touches whatever its transaction has written,
 * because it is then that others see it or get its locks.
 */
export class FootprintOf {
  private open: OpenTransaction | undefined;
  /** Whether it has run a transaction at SERIALIZABLE. */
  isSerializable = false;

  constructor(private readonly skus: readonly string[]) {}

  /** What was sent since the last time. */
  take(kind: StepKind, sql: readonly SentSql[], redis: readonly SentRedis[]): Footprint {
    // what has waited touched when it was sent
    const fresh = sql.filter(({ hasWaited }) => !hasWaited);
    const statements = fresh.map(({ text, values }) => this.add(text, values));
    const commands = redis.map(({ command, args }) => footprintOfCommand(command, args, this.skus));
    const memory: Footprint = kind === 'memory lock' ? MEMORY : NOTHING;
    return unite(...statements, ...commands, memory);
  }

  private add(text: string, values: readonly unknown[]): Footprint {
    if (/^\s*(begin|start transaction)\b/i.test(text)) {
      this.open = { level: 'READ COMMITTED', touched: NOTHING, isFresh: true };
      return NOTHING;
    }
    const level = /^\s*set transaction isolation level (.+)$/i.exec(text)?.[1];
    if (level !== undefined) return this.setLevel(level);
    if (/^\s*(commit|rollback)\b/i.test(text)) return this.end(text);
    return this.addStatement(footprintOfSql(text, values, this.skus));
  }

  private setLevel(level: string): Footprint {
    if (this.open) this.open.level = level.trim().toUpperCase();
    if (this.open?.level === 'SERIALIZABLE') this.isSerializable = true;
    return NOTHING;
  }

  private addStatement(touched: Footprint): Footprint {
    const { open } = this;
    if (!open || touched === NOTHING) return touched;
    const isSerializable = open.level === 'SERIALIZABLE';
    const wide = isSerializable ? widen(touched) : touched;
    open.touched = unite(open.touched, wide);
    // above READ COMMITTED the first statement fixes what all of them see
    const takesSnapshot = open.isFresh && open.level !== 'READ COMMITTED';
    open.isFresh = false;
    return takesSnapshot ? unite(wide, EVERYTHING_READ) : wide;
  }

  private end(text: string): Footprint {
    const { open } = this;
    if (!open) return NOTHING;
    if (!/^\s*rollback to\b/i.test(text)) this.open = undefined;
    // SERIALIZABLE remembers what was read until others have ended, too
    return open.level === 'SERIALIZABLE' ? asWrites(open.touched) : writesOf(open.touched);
  }
}

const EVERYTHING_READ: Footprint = new Map([['*', 'read']]);
export const MEMORY: Footprint = new Map([['memory:*', 'write']]);

function writesOf(footprint: Footprint): Footprint {
  const writes = new Map<string, Access>();
  for (const [resource, access] of footprint) if (access !== 'read') addAccess(writes, resource, access);
  return writes;
}
