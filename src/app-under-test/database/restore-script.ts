import type { Catalogue, RelationId } from './catalogue';
import type { Session } from './connect';
import {
  deleteStatement,
  insertStatement,
  interferenceStatements,
  sequenceStatement,
  withReferencing,
} from './restore-statements';
import { findInterference } from './rights';
import type { CopiedTable } from './snapshot-schema';

/** The statements that restore tables over one connection, to be sent in one piece within a transaction. */
export class RestoreScript {
  /** Numbers of prepared statements by the places of their tables. A number is never used again. */
  private readonly prepared = new Map<string, number>();
  private nextNumber = 0;

  constructor(
    private readonly session: Session,
    private readonly catalogue: Catalogue,
    private readonly schema: string,
    private readonly tables: readonly CopiedTable[],
    private readonly partitioned: ReadonlySet<RelationId>,
  ) {}

  /** What restoring these tables writes: where foreign keys fire, also the tables that refer to them. */
  affected(wanted: readonly CopiedTable[]): readonly CopiedTable[] {
    if (this.session.replicationRole === 'replica') return wanted;
    const ids = withReferencing(
      this.catalogue,
      wanted.map(({ id }) => id),
    );
    return this.tables.filter(({ id }) => ids.has(id));
  }

  statements(wanted: readonly CopiedTable[]): string[] {
    const tables = this.affected(wanted);
    const sequences = sequenceStatement(this.schema);
    if (tables.length === 0) return [sequences];
    const found = findInterference(this.session, this.catalogue, new Set(tables.map(({ id }) => id)));
    const { off, on } = interferenceStatements(found);
    const key = tables.map(({ place }) => place).join(' ');
    const known = this.prepared.get(key);
    const number = known ?? this.nextNumber++;
    this.prepared.set(key, number);
    // a statement whose plan is kept costs a fifth of one that is planned each time
    const prepare = [
      `prepare oversell_delete_${number} as ${deleteStatement(tables, this.partitioned)}`,
      `prepare oversell_insert_${number} as ${insertStatement(this.schema, tables, this.partitioned)}`,
    ];
    return [
      ...off,
      ...(known === undefined ? prepare : []),
      `execute oversell_delete_${number}`,
      `execute oversell_insert_${number}`,
      sequences,
      ...(on.length > 0 ? ['set constraints all immediate', ...on] : []),
    ];
  }

  /** After a failure it is unknown which statements were prepared. */
  forget(): void {
    this.prepared.clear();
  }
}
