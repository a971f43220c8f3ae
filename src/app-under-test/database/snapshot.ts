import { rowKey, type Catalogue, type RelationId } from './catalogue';
import { findChanged } from './checksums';
import type { Session } from './connect';
import { DatabaseError } from './database-error';
import { undoSettings } from './deadlock-timeout';
import { explainFailure } from './explain-failure';
import { refreshChanged, refreshWritten } from './materialized-views';
import { RestoreScript } from './restore-script';
import { copyOf, sourceOf } from './restore-statements';
import type { CopiedTable, Manifest } from './snapshot-schema';
import { readTouchedRows, type TouchedRow } from './touched-rows';
import { findWritten, type TransactionSnapshot } from './written-tables';

/**
 * Dead rows of a table after which it is vacuumed: 3,000 restores of 100 rows took 0.35 ms each from first to last, and
 * without it 1 ms at first and 2.2 ms in the end. A vacuum takes 1.5 ms.
 */
const DEAD_ROWS = 5_000;

const MOST_REPEATS = 5;
const NOW = 'select pg_current_snapshot()::text as now';

/** Of one statement among those that restore. */
interface RestoreResult {
  rows: { now?: TransactionSnapshot; displaced?: number[] }[];
}

/**
 * The rows as they were, and the way back to them. Restoring deletes all rows of a table and inserts the copies, in
 * their old order, so that a query without ORDER BY finds them as before; they keep neither `ctid` nor `xmin`.
 * The app's connections have to be out of transactions meanwhile.
 */
export class Snapshot {
  /** Since when each table holds the rows of the snapshot; unknown for the snapshot of an earlier process. */
  private readonly since = new Map<RelationId, TransactionSnapshot>();
  private readonly dead = new Map<RelationId, number>();
  private readonly script: RestoreScript;
  private readonly partitioned: ReadonlySet<RelationId>;
  private readonly tables: readonly CopiedTable[];
  private readonly views: readonly CopiedTable[];

  constructor(
    private readonly session: Session,
    private readonly catalogue: Catalogue,
    private readonly manifest: Manifest,
  ) {
    this.tables = manifest.tables.filter(({ isView }) => !isView);
    this.views = manifest.tables.filter(({ isView }) => isView);
    this.partitioned = new Set(
      catalogue.tables.filter(({ kind }) => kind === 'partitioned').map(({ id }) => id),
    );
    this.script = new RestoreScript(session, catalogue, manifest.schema, this.tables, this.partitioned);
  }

  /** The schema that holds the copies. */
  get schema(): string {
    return this.manifest.schema;
  }

  /** Tables whose rows are copied. */
  get tableIds(): RelationId[] {
    return this.tables.map(({ id }) => id);
  }

  /** Restores every table and sequence. @throws DatabaseError `blocked`, `schema-changed`, `connection-lost`, … */
  async restore(): Promise<void> {
    await this.restoreThese(this.tables);
  }

  /**
   * Restores these tables, and those that refer to them where foreign keys do not rest, and all sequences.
   *
   * @throws DatabaseError as `restore()`, or an Error for a table that was not copied
   */
  async restoreTables(ids: Iterable<RelationId>): Promise<void> {
    await this.restoreThese(this.pick(ids));
  }

  /** Restores what was written since the last time. @returns the tables that were */
  async restoreWritten(): Promise<RelationId[]> {
    const written = await this.writtenTables();
    await this.restoreTables(written.filter((id) => !this.views.some((view) => view.id === id)));
    return written;
  }

  /** Tables and materialised views written since they were copied or restored last, also with equal values. */
  async writtenTables(): Promise<RelationId[]> {
    const asked = this.manifest.tables.flatMap((table) => {
      const since = this.since.get(table.id);
      return since === undefined ? [] : [{ table, source: this.source(table), since }];
    });
    if (asked.length < this.manifest.tables.length) return this.changedTables();
    return (await this.attempt(() => findWritten(this.session.client, asked))).map(({ id }) => id);
  }

  /** Tables and materialised views whose rows differ now, by reading all of them; some 2 µs a row. */
  async changedTables(): Promise<RelationId[]> {
    const changed = await this.attempt(() =>
      findChanged(this.session.client, this.manifest.tables, (table) => this.source(table)),
    );
    return changed.map(({ id }) => id);
  }

  /**
   * Rows that differ now, of these tables or of all that were written, with their values as text.
   *
   * @param limit rows a table at most
   */
  async touchedRows(ids?: Iterable<RelationId>, limit = 1_000): Promise<TouchedRow[]> {
    const tables = this.pick(ids ?? (await this.writtenTables()), this.manifest.tables);
    const byId = new Map(this.catalogue.tables.map((table) => [table.id, table]));
    const asked = tables.map((table) => {
      const info = byId.get(table.id);
      const key = info && rowKey(info)?.filter((column) => table.columns.includes(column));
      return { table, source: this.source(table), copy: copyOf(this.schema, table), key };
    });
    return this.attempt(() => readTouchedRows(this.session.client, asked, limit));
  }

  /**
   * Restores everything in a transaction that is rolled back: proof that it can be done, before it has to be.
   *
   * @throws DatabaseError `unrestorable`, with what PostgreSQL says, or as `restore()`
   */
  async rehearse(): Promise<void> {
    const { client } = this.session;
    try {
      await client.query('begin');
      await client.query(this.script.statements(this.tables).join(';\n'));
      await this.requireEqual();
    } catch (error) {
      throw await this.explain(error, 'unrestorable');
    } finally {
      await client.query('rollback').catch(() => undefined);
      this.script.forget();
    }
    // a first vacuum now, as what the planner learns by one could change the app's plans in the middle of a search
    for (const { id } of this.tables) this.dead.set(id, Infinity);
    await this.vacuum();
  }

  /** Takes the rows as they are now for those of the snapshot: right after it was made. */
  async begin(): Promise<void> {
    const { rows } = await this.session.client.query<{ now: TransactionSnapshot }>(NOW);
    for (const { id } of this.manifest.tables) this.since.set(id, rows[0]?.now ?? '');
  }

  /**
   * Restores everything, proves that each table has its rows again, undoes settings, and drops the snapshot: one
   * transaction, so that the copies go only when the rows are back.
   *
   * @returns what could not be put back, as sentences: materialised views that were out of date
   * @throws DatabaseError; the snapshot is then still there
   */
  async finish(): Promise<string[]> {
    return this.attempt(() =>
      this.dropAfter(async () => {
        const { client } = this.session;
        if (this.tables.length > 0)
          await client.query(
            `lock table ${this.tables.map((table) => this.source(table)).join(', ')} in share row exclusive mode`,
          );
        await client.query(this.script.statements(this.tables).join(';\n'));
        const stale = await refreshChanged(client, this.views);
        await this.requireEqual();
        return stale.map(
          (id) => `The materialised view ${id} was out of date before, and now shows its rows.`,
        );
      }),
    );
  }

  /** Undoes settings and drops the snapshot; rows stay as they are now. */
  async discard(): Promise<void> {
    await this.attempt(() => this.dropAfter(() => Promise.resolve()));
  }

  /** Drops the snapshot in the same transaction. */
  private async dropAfter<T>(work: () => Promise<T>): Promise<T> {
    const { client } = this.session;
    await client.query('begin; set local synchronous_commit = on');
    try {
      const result = await work();
      await undoSettings(this.session, this.schema);
      await client.query(`drop schema ${this.schema} cascade`);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      this.script.forget();
    }
  }

  private async restoreThese(wanted: readonly CopiedTable[]): Promise<void> {
    const { client } = this.session;
    await this.attempt(async () => {
      let displaced = await this.runOnce(wanted);
      // what filled the gaps once does not find them again: of 4,800 restores none took more than two repeats
      for (let repeats = 0; displaced.length > 0 && repeats < MOST_REPEATS; repeats += 1)
        displaced = await this.runOnce(displaced);
      await refreshWritten(client, this.views, this.since);
      await this.vacuum();
    });
  }

  /** @returns tables whose rows are right, but lie in another order than those of the snapshot */
  private async runOnce(wanted: readonly CopiedTable[]): Promise<readonly CopiedTable[]> {
    const { client } = this.session;
    const statements = ['begin', ...this.script.statements(wanted), 'commit', NOW];
    try {
      const results = (await client.query(statements.join(';\n'))) as unknown as RestoreResult[];
      const found = results.map(({ rows }) => rows[0]);
      const now = found.at(-1)?.now;
      const affected = this.script.affected(wanted);
      if (now !== undefined) for (const { id } of affected) this.since.set(id, now);
      this.countDead(affected);
      const displaced = new Set(found.flatMap((row) => row?.displaced ?? []));
      return affected.filter(({ place }) => displaced.has(place));
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      this.script.forget();
      throw error;
    }
  }

  private async requireEqual(): Promise<void> {
    const changed = await findChanged(this.session.client, this.tables, (table) => this.source(table));
    if (changed.length === 0) return;
    throw new DatabaseError(
      'unrestorable',
      `The rows of ${changed.map(({ id }) => id).join(', ')} differ after they were put back. Nothing was changed; ` +
        `the rows of the snapshot are in the schema ${this.schema}.`,
    );
  }

  private countDead(tables: readonly CopiedTable[]): void {
    for (const { id, rows } of tables) this.dead.set(id, (this.dead.get(id) ?? 0) + rows);
  }

  private async vacuum(): Promise<void> {
    const due = this.tables.filter(
      ({ id, rows }) => (this.dead.get(id) ?? 0) > Math.max(DEAD_ROWS, 20 * rows),
    );
    for (const { id } of due) {
      this.dead.delete(id);
      await this.session.client.query(`vacuum (skip_locked, index_cleanup on, truncate off) ${id}`);
    }
  }

  private source(table: CopiedTable): string {
    return sourceOf(table, this.partitioned);
  }

  private pick(ids: Iterable<RelationId>, from: readonly CopiedTable[] = this.tables): CopiedTable[] {
    const known = new Map(from.map((table) => [table.id, table]));
    return [...new Set(ids)].map((id) => {
      const table = known.get(id);
      if (!table) throw new Error(`the snapshot has no table ${id}`);
      return table;
    });
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw await this.explain(error, 'failed');
    }
  }

  private explain(error: unknown, unknownKind: 'failed' | 'unrestorable'): Promise<DatabaseError> {
    const { session, catalogue } = this;
    const isRehearsal = unknownKind === 'unrestorable';
    return explainFailure({
      session,
      catalogue,
      error,
      unknownKind,
      doing: isRehearsal
        ? `The rows of ${session.address} cannot be put back as they are`
        : `The database ${session.address} could not be restored`,
      advice: isRehearsal
        ? 'Nothing was changed.'
        : `The rows of the snapshot are in the schema ${this.schema}.`,
    });
  }
}
