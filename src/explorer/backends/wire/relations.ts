import { rowKey } from '@/app-under-test/database/catalogue';
import type {
  Catalogue,
  ForeignKeyInfo,
  RelationId,
  TableInfo,
  ViewInfo,
} from '@/app-under-test/database/catalogue';
import type { TableUse } from '@/explorer/access/sql-shape';

export type Relation = TableInfo | ViewInfo;

/** The tables and views of a database, by name and by how they hang together. */
export class Relations {
  private readonly named = new Map<string, Relation[]>();
  private readonly byId: ReadonlyMap<RelationId, Relation>;
  private readonly heirs = new Map<RelationId, TableInfo[]>();
  private readonly referring = new Map<RelationId, { child: TableInfo; key: ForeignKeyInfo }[]>();

  constructor({ tables, views }: Pick<Catalogue, 'tables' | 'views'>) {
    // a materialised view is in both lists, and what holds its rows is the table
    this.byId = new Map<RelationId, Relation>([...views, ...tables].map((one) => [one.id, one]));
    for (const one of this.byId.values()) {
      const [schema, name] = isTable(one) ? [one.schema, one.name] : namesOf(one.id);
      for (const key of [name, `${schema} ${name}`]) addTo(this.named, key, one);
    }
    for (const child of tables) {
      for (const parent of child.inherits) addTo(this.heirs, parent, child);
      for (const key of child.foreignKeys) addTo(this.referring, key.references, { child, key });
    }
  }

  get(id: RelationId): Relation | undefined {
    return this.byId.get(id);
  }

  /** What a statement may mean by a name. Without a schema, that depends on the search path, which sessions may set. */
  find({ schema, name }: Pick<TableUse, 'schema' | 'name'>): readonly Relation[] {
    return this.named.get(schema === undefined ? name : `${schema} ${name}`) ?? [];
  }

  /** A table with its partitions and heirs, whose rows are rows of it as well. */
  withHeirs(table: TableInfo): TableInfo[] {
    const all = new Set([table]);
    for (const one of all) for (const heir of this.heirs.get(one.id) ?? []) all.add(heir);
    return [...all];
  }

  /** Foreign keys that refer to a table, with the tables that have them. */
  keysTo(table: TableInfo): readonly { child: TableInfo; key: ForeignKeyInfo }[] {
    return this.referring.get(table.id) ?? [];
  }

  /** The table at the top, with which partitions and heirs share rows. */
  familyOf(table: TableInfo): RelationId {
    const above = this.above(table);
    return above ? this.familyOf(above) : table.id;
  }

  /** A table that inherits from several shares rows with all of them, which one name cannot say. */
  isTangled(table: TableInfo): boolean {
    if (table.partitionOf === null && table.inherits.length > 1) return true;
    const above = this.above(table);
    return above !== undefined && this.isTangled(above);
  }

  /**
   * Columns that tell the rows of a table apart, and those of the tables that share rows with it. Heirs have keys of their
   * own, so that nothing tells all of the rows apart.
   */
  keyOf(table: TableInfo): string[] | undefined {
    const top = this.byId.get(this.familyOf(table));
    if (!top || !isTable(top)) return undefined;
    const isSplit = top.kind !== 'partitioned' && this.heirs.has(top.id);
    return isSplit ? undefined : rowKey(top);
  }

  private above({ partitionOf, inherits }: TableInfo): TableInfo | undefined {
    const above = this.byId.get(partitionOf ?? inherits[0] ?? '');
    return above && isTable(above) ? above : undefined;
  }
}

export function isTable(relation: Relation): relation is TableInfo {
  return 'columns' in relation;
}

/** Schema and name, without the quotes that the catalogue puts round words that need them. */
function namesOf(id: RelationId): [schema: string, name: string] {
  const [, schema = '', name = ''] = /^("(?:[^"]|"")*"|[^".]*)\.(.*)$/s.exec(id) ?? [];
  return [unquote(schema), unquote(name)];
}

function unquote(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word;
}

function addTo<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const known = lists.get(key);
  if (known) known.push(item);
  else lists.set(key, [item]);
}
