import { FieldReader, FromClient, readRowDescription, type Column } from './messages';
import { toText } from './values';

/** A prepared statement. What it is read from is kept as bytes: most are never asked for. */
export class PreparedStatement {
  /** The RowDescription and ParameterDescription that the server sent for it, if the client has asked. */
  described: { columns?: Buffer; parameters?: Buffer } = {};

  constructor(private readonly parse: Buffer) {}

  get name(): string {
    return new FieldReader(this.parse).string();
  }

  get sql(): string {
    const fields = new FieldReader(this.parse);
    fields.string();
    return fields.string();
  }

  get columns(): Column[] | undefined {
    return this.described.columns && readRowDescription(this.described.columns);
  }

  /** OIDs, as far as the client has given them or the server has told it. 0 is unknown. */
  get parameterTypes(): number[] {
    if (this.described.parameters) {
      const described = new FieldReader(this.described.parameters);
      return described.list(() => described.uint32());
    }
    const fields = new FieldReader(this.parse);
    fields.string();
    fields.string();
    return fields.list(() => fields.uint32());
  }
}

/** A prepared statement with its parameters, ready to be executed. */
export class Portal {
  /** The RowDescription that the server sent for the portal itself. */
  columnsDescribed: Buffer | undefined;

  constructor(
    readonly name: string,
    readonly statement: PreparedStatement | undefined,
    private readonly bind: Buffer,
  ) {}

  /** As text; `null` is SQL's NULL. Binary values of types that are not known are hex with `\x` before it. */
  get parameters(): (string | null)[] {
    const types = this.statement?.parameterTypes ?? [];
    const { formats, values } = this.read();
    return values.map((value, i) => toText(value, types[i] ?? 0, formatOf(formats, i) === 1));
  }

  get columns(): Column[] | undefined {
    if (this.columnsDescribed) return readRowDescription(this.columnsDescribed);
    const formats = this.resultFormats;
    return this.statement?.columns?.map((column, i) => ({ ...column, isBinary: formatOf(formats, i) === 1 }));
  }

  /** Codes as in Bind: none, one for all columns, or one for each; 1 is binary. */
  get resultFormats(): number[] {
    return this.read().resultFormats;
  }

  private read() {
    const fields = new FieldReader(this.bind);
    fields.string();
    fields.string();
    const formats = fields.list(() => fields.int16());
    const values = fields.list(() => fields.value());
    return { formats, values, resultFormats: fields.list(() => fields.int16()) };
  }
}

/** The format of the value at `index`, by the codes of a Bind message: 0 text, 1 binary. */
export function formatOf(formats: readonly number[], index: number): number {
  return (formats.length === 1 ? formats[0] : formats[index]) ?? 0;
}

/** A message of a client, with the names in it looked up. */
export type Sent =
  | { readonly kind: 'parse'; readonly statement: PreparedStatement }
  | { readonly kind: 'bind'; readonly portal: Portal }
  | { readonly kind: 'describe'; readonly of: PreparedStatement | Portal | undefined }
  | { readonly kind: 'execute'; readonly portal: Portal | undefined; readonly rowLimit: number }
  | { readonly kind: 'close'; readonly what: 'statement' | 'portal'; readonly name: string }
  | { readonly kind: 'query'; readonly sql: string }
  | { readonly kind: 'function-call' | 'sync' | 'startup' };

const STATEMENT = 'S'.charCodeAt(0);

/** The prepared statements and portals of one session, by name. The empty name is the unnamed one. */
export class Names {
  readonly statements = new Map<string, PreparedStatement>();
  readonly portals = new Map<string, Portal>();

  /**
   * Reads a message that the server is to reply to.
   *
   * @param earlier messages that the server has not handled yet, but will have when it reads this one
   * @returns undefined for a message without a reply
   */
  read(type: number, frame: Buffer, earlier: readonly Sent[]): Sent | undefined {
    switch (type) {
      case FromClient.parse:
        return { kind: 'parse', statement: new PreparedStatement(frame) };
      case FromClient.bind: {
        const fields = new FieldReader(frame);
        const name = fields.string();
        const statement = this.findStatement(fields.string(), earlier);
        return { kind: 'bind', portal: new Portal(name, statement, frame) };
      }
      case FromClient.describe: {
        const fields = new FieldReader(frame);
        const isStatement = fields.byte() === STATEMENT;
        const name = fields.string();
        const of = isStatement ? this.findStatement(name, earlier) : this.findPortal(name, earlier);
        return { kind: 'describe', of };
      }
      case FromClient.execute: {
        const fields = new FieldReader(frame);
        const portal = this.findPortal(fields.string(), earlier);
        return { kind: 'execute', portal, rowLimit: fields.int32() };
      }
      case FromClient.close: {
        const fields = new FieldReader(frame);
        const what = fields.byte() === STATEMENT ? 'statement' : 'portal';
        return { kind: 'close', what, name: fields.string() };
      }
      case FromClient.query:
        return { kind: 'query', sql: new FieldReader(frame).string() };
      case FromClient.functionCall:
        return { kind: 'function-call' };
      case FromClient.sync:
        return { kind: 'sync' };
      default:
        return undefined;
    }
  }

  private findStatement(name: string, earlier: readonly Sent[]): PreparedStatement | undefined {
    for (let i = earlier.length - 1; i >= 0; i -= 1) {
      const sent = earlier[i];
      if (sent?.kind === 'parse' && sent.statement.name === name) return sent.statement;
    }
    return this.statements.get(name);
  }

  private findPortal(name: string, earlier: readonly Sent[]): Portal | undefined {
    for (let i = earlier.length - 1; i >= 0; i -= 1) {
      const sent = earlier[i];
      if (sent?.kind === 'bind' && sent.portal.name === name) return sent.portal;
    }
    return this.portals.get(name);
  }
}
