import { HEADER_BYTES, makeFrame } from './frames';

const code = <const T extends Record<string, string>>(letters: T) =>
  Object.fromEntries(Object.entries(letters).map(([name, letter]) => [name, letter.charCodeAt(0)])) as {
    readonly [Name in keyof T]: number;
  };

/** Types of the messages that a client sends. */
export const FromClient = code({
  bind: 'B',
  close: 'C',
  copyData: 'd',
  copyDone: 'c',
  copyFail: 'f',
  describe: 'D',
  execute: 'E',
  flush: 'H',
  functionCall: 'F',
  parse: 'P',
  password: 'p',
  query: 'Q',
  sync: 'S',
  terminate: 'X',
});

/** Types of the messages that a server sends. */
export const FromServer = code({
  backendKeyData: 'K',
  bindComplete: '2',
  closeComplete: '3',
  commandComplete: 'C',
  copyBoth: 'W',
  copyData: 'd',
  copyDone: 'c',
  copyIn: 'G',
  copyOut: 'H',
  dataRow: 'D',
  emptyQuery: 'I',
  error: 'E',
  noData: 'n',
  notice: 'N',
  notification: 'A',
  parameterDescription: 't',
  parameterStatus: 'S',
  parseComplete: '1',
  portalSuspended: 's',
  ready: 'Z',
  rowDescription: 'T',
});

/** What a session's transaction is like between two groups. */
export type TransactionStatus = 'idle' | 'open' | 'failed';

const STATUS: Readonly<Record<string, TransactionStatus>> = { I: 'idle', T: 'open', E: 'failed' };

/** Reads a message's body field by field. */
export class FieldReader {
  private at: number;

  constructor(
    private readonly buffer: Buffer,
    start = 0,
    private readonly end = buffer.length,
  ) {
    this.at = start + HEADER_BYTES;
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  string(): string {
    const zero = this.buffer.indexOf(0, this.at);
    const end = zero === -1 || zero > this.end ? this.end : zero;
    const text = this.at === end ? '' : this.buffer.toString('utf8', this.at, end);
    this.at = end + 1;
    return text;
  }

  byte(): number {
    return this.buffer.readUInt8(this.at++);
  }

  int16(): number {
    this.at += 2;
    return this.buffer.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.buffer.readInt32BE(this.at - 4);
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  /** As many values as the next field says. */
  list<T>(read: () => T): T[] {
    return Array.from({ length: this.int16() }, read);
  }

  /** A value with its length before it; `null` stands for SQL's NULL. */
  value(): Buffer | null {
    const length = this.int32();
    if (length < 0) return null;
    this.at += length;
    return this.buffer.subarray(this.at - length, this.at);
  }
}

/** What a row's value is: its column's name, the OID of its type, and how it is written. */
export interface Column {
  readonly name: string;
  readonly typeOid: number;
  readonly isBinary: boolean;
}

export function readRowDescription(frame: Buffer): Column[] {
  const fields = new FieldReader(frame);
  return fields.list(() => {
    const name = fields.string();
    fields.int32(); // table
    fields.int16(); // column of it
    const typeOid = fields.uint32();
    fields.int16(); // size
    fields.int32(); // modifier
    return { name, typeOid, isBinary: fields.int16() === 1 };
  });
}

export function readDataRow(frame: Buffer): (Buffer | null)[] {
  const fields = new FieldReader(frame);
  return fields.list(() => fields.value());
}

/** Fields of an ErrorResponse, named as in PostgreSQL's documentation. */
export interface ErrorFields {
  /** ERROR, FATAL or PANIC: after the last two, the server ends the connection. */
  readonly severity: string;
  /** SQLSTATE, such as 40001. */
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
}

const ERROR_LETTERS = {
  severity: 'S',
  code: 'C',
  message: 'M',
  detail: 'D',
  hint: 'H',
  schema: 's',
  table: 't',
  column: 'c',
  constraint: 'n',
} as const satisfies Record<keyof ErrorFields, string>;

export function readError(frame: Buffer): ErrorFields {
  const byLetter = new Map<string, string>();
  const fields = new FieldReader(frame);
  for (let letter = fields.byte(); letter !== 0; letter = fields.byte())
    byLetter.set(String.fromCharCode(letter), fields.string());
  const named = Object.entries(ERROR_LETTERS).map(([name, letter]) => [name, byLetter.get(letter)] as const);
  const given = Object.fromEntries(named.filter(([, value]) => value !== undefined));
  return { severity: 'ERROR', code: '', message: '', ...given };
}

export function makeError(fields: ErrorFields): Buffer {
  const parts = Object.entries(ERROR_LETTERS).flatMap(([name, letter]) => {
    const value = fields[name as keyof ErrorFields];
    return value === undefined ? [] : [`${letter}${value}`];
  });
  // V is the severity that is never translated
  return makeFrame(FromServer.error, `V${fields.severity}`, ...parts, Buffer.alloc(1));
}

export function readStatus(buffer: Buffer, start: number): TransactionStatus {
  return STATUS[String.fromCharCode(buffer.readUInt8(start + HEADER_BYTES))] ?? 'idle';
}

/** Whether messages of that type end a group: the server handles nothing before it reads one of them. */
export function endsGroup(type: number): boolean {
  switch (type) {
    case FromClient.parse:
    case FromClient.bind:
    case FromClient.describe:
    case FromClient.execute:
    case FromClient.close:
      return false;
    default:
      return true;
  }
}

/** Whether messages of that type are part of a COPY from the client. */
export function isCopy(type: number): boolean {
  return type === FromClient.copyData || type === FromClient.copyDone || type === FromClient.copyFail;
}

/** Whether the server sends messages of that type of its own accord, and not as part of a reply only. */
export function isAsynchronous(type: number): boolean {
  return (
    type === FromServer.notice || type === FromServer.notification || type === FromServer.parameterStatus
  );
}

/**
 * Runs one statement without parameters by the extended protocol, under a name of its own: the simple protocol would
 * drop the client's unnamed statement and portal.
 */
export function makeOwnStatement(sql: string): Buffer {
  const name = 'oversell_wire';
  const none = Buffer.alloc(2);
  return Buffer.concat([
    makeFrame(FromClient.parse, name, sql, none),
    makeFrame(FromClient.bind, name, name, none, none, none),
    makeFrame(FromClient.execute, name, 0),
    makeFrame(FromClient.close, Buffer.from('P'), name),
    makeFrame(FromClient.close, Buffer.from('S'), name),
    makeFrame(FromClient.sync),
  ]);
}

/** Executes a portal that does not exist, so that the server fails as it would have failed by itself. */
export function makeFailingExecute(): Buffer {
  return makeFrame(FromClient.execute, 'oversell_wire_no_such_portal', 0);
}
