import type {
  ColumnInfo,
  ExpressionInfo,
  TableInfo,
  ViewInfo,
  WriteEvent,
} from '@/app-under-test/database/catalogue';
import { EVERYTHING_READ, EVERYTHING_STORED, NOTHING } from '@/explorer/search/access-set';
import type { AccessSet } from '@/explorer/search/access-set';
import type { FunctionAccess } from './function-access';
import { isTable } from './relations';
import type { Relation, Relations } from './relations';
import { join, touch } from './resources';

/**
 * What PostgreSQL does behind a statement on a table: triggers and rules fire, policies and checks are evaluated, defaults are
 * computed, foreign keys cascade.
 */
export class HiddenAccess {
  constructor(
    private readonly relations: Relations,
    private readonly functions: FunctionAccess,
  ) {}

  /** A statement that reads a relation, whole: a table with its policies, or a view with what its query reads and calls. */
  read(relation: Relation | undefined, seen: ReadonlySet<string> = new Set()): AccessSet {
    if (!relation) return EVERYTHING_READ;
    if (seen.has(relation.id)) return NOTHING;
    const within = new Set([...seen, relation.id]);
    return isTable(relation)
      ? join(touch(`${this.relations.familyOf(relation)}:*`, 'read'), this.policies(relation, within))
      : this.readView(relation, within);
  }

  /** What row-level security reads when a statement names the table. Whom it applies to, the session's role decides. */
  policies(table: TableInfo, seen: ReadonlySet<string> = new Set([table.id])): AccessSet {
    return join(
      ...table.expressions.filter(({ of }) => of === 'policy').map((one) => this.expression(one, seen)),
    );
  }

  /**
   * What a change of rows sets off in the table itself, its partitions and its heirs.
   *
   * @param given columns that have a value of the statement's own in every row, instead of their default
   */
  write(table: TableInfo, event: WriteEvent, given: ReadonlySet<string> = new Set()): AccessSet {
    return join(
      ...this.relations.withHeirs(table).flatMap((one): AccessSet[] => {
        if (one.kind === 'foreign' || fires(one, event)) return [EVERYTHING_STORED];
        if (event === 'delete') return [];
        const checks = one.expressions.filter(({ of }) => of === 'check');
        const defaults = one.columns.filter(({ name }) => !given.has(name));
        return [
          ...checks.map((check) => this.expression(check)),
          ...defaults.map((column) => this.default(one, column)),
        ];
      }),
    );
  }

  /**
   * What foreign keys that refer to a table do when its rows are deleted, or updated in these columns (undefined: in any).
   * Tables that they change do the same to those that refer to them.
   */
  cascade(
    table: TableInfo,
    event: 'update' | 'delete',
    columns: readonly string[] | undefined,
    seen = new Set<string>(),
  ): AccessSet {
    const keys = this.relations.withHeirs(table).flatMap((one) => this.relations.keysTo(one));
    return join(
      ...keys.map(({ child, key }): AccessSet => {
        const isTouched = event === 'delete' || meets(key.referencedColumns, columns);
        if (!isTouched) return NOTHING;
        const rows = `${this.relations.familyOf(child)}:*`;
        const action = event === 'delete' ? key.onDelete : key.onUpdate;
        if (action === 'no-action' || action === 'restrict') return touch(rows, 'read');
        const then = event === 'delete' && action === 'cascade' ? 'delete' : 'update';
        const changed = then === 'delete' ? undefined : key.columns;
        const place = JSON.stringify([child.id, then, changed]);
        if (seen.has(place)) return NOTHING;
        seen.add(place);
        return join(
          touch(rows, 'write'),
          this.write(child, then),
          then === 'update' ? this.parents(child, key.columns) : NOTHING,
          this.cascade(child, then, changed, seen),
        );
      }),
    );
  }

  /** Rows that a table refers to by these columns: which ones is not known. */
  private parents({ foreignKeys }: TableInfo, columns: readonly string[]): AccessSet {
    return join(
      ...foreignKeys
        .filter((key) => meets(key.columns, columns))
        .map(({ references }) => {
          const parent = this.relations.get(references);
          return parent && isTable(parent)
            ? touch(`${this.relations.familyOf(parent)}:*`, 'read')
            : EVERYTHING_READ;
        }),
    );
  }

  private readView({ reads, calls, definition }: ViewInfo, seen: ReadonlySet<string>): AccessSet {
    return join(
      this.functions.ofText(definition),
      ...calls.map((id) => this.functions.ofId(id)),
      ...reads.map((id) => this.read(this.relations.get(id), seen)),
    );
  }

  private expression(
    { text, calls, reads }: ExpressionInfo,
    seen: ReadonlySet<string> = new Set(),
  ): AccessSet {
    return join(
      this.functions.ofText(text),
      ...calls.map((id) => this.functions.ofId(id)),
      ...reads.map((id) => this.read(this.relations.get(id), seen)),
    );
  }

  private default({ id }: TableInfo, column: ColumnInfo): AccessSet {
    // each number shows how many came before it
    if (column.identity !== null) return touch(`sequences:${id}.${column.name}`, 'write');
    const [, sequence] = /^nextval\('((?:[^']|'')+)'::regclass\)$/.exec(column.default ?? '') ?? [];
    if (sequence !== undefined) return touch(`sequences:${sequence}`, 'write');
    return this.functions.ofText(column.default ?? '');
  }
}

/** Whether two lists of columns have one in common; undefined stands for all of them. */
export function meets(columns: readonly string[], others: readonly string[] | undefined): boolean {
  return others === undefined || columns.some((column) => others.includes(column));
}

/** Whether something runs that the statement does not show: a trigger, or a rule. Sessions choose whether they replicate. */
function fires({ triggers, rules }: TableInfo, event: WriteEvent): boolean {
  const isActive = ({ firing }: { firing: string }) => firing !== 'disabled';
  return (
    triggers.some((trigger) => isActive(trigger) && trigger.events.includes(event)) ||
    rules.some((rule) => isActive(rule) && rule.event === event)
  );
}
