import { framesIn } from './frames';
import {
  FieldReader,
  FromServer,
  readDataRow,
  readError,
  readRowDescription,
  type Column,
  type ErrorFields,
} from './messages';
import { formatOf, type Portal, type Sent } from './statements';
import { toText } from './values';

/** What one statement returned. */
export interface Result {
  /** Unknown if the client has never asked, which is possible with prepared statements only. */
  readonly columns: readonly Column[] | undefined;
  /** Values as text; `null` is SQL's NULL. */
  readonly rows: readonly (string | null)[][];
  /** Such as `UPDATE 1`; `undefined` if it failed, was empty, or stopped at its portal's row limit. */
  readonly tag: string | undefined;
  /** Whether the portal has more rows. */
  readonly isSuspended: boolean;
}

/** The server's reply to a group, kept as it came, and read when asked for. */
export class Reply {
  /** Whether a part of it went to the client at once: COPY, or a reply longer than the limit. It is not in `results`. */
  isPartial = false;

  private runs: Buffer[] = [];
  private length = 0;
  private read: { results: Result[]; error: ErrorFields | undefined } | undefined;

  constructor(private readonly sent: readonly Sent[]) {}

  /** How much of it is kept. */
  get bytes(): number {
    return this.length;
  }

  /** One for each statement that was executed, as far as the server came. */
  get results(): readonly Result[] {
    this.read ??= readReply(this.frames(), this.sent);
    return this.read.results;
  }

  get error(): ErrorFields | undefined {
    this.read ??= readReply(this.frames(), this.sent);
    return this.read.error;
  }

  append(buffer: Buffer, start: number, end: number): void {
    this.read = undefined;
    this.length += end - start;
    const last = this.runs.at(-1);
    const offset = buffer.byteOffset + start;
    // what arrived in one piece leaves in one piece
    if (last?.buffer === buffer.buffer && last.byteOffset + last.length === offset)
      this.runs[this.runs.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + end - start);
    else this.runs.push(buffer.subarray(start, end));
  }

  /** The bytes that are to be delivered. */
  kept(): readonly Buffer[] {
    return this.runs;
  }

  /** Forgets what has been delivered before the reply was complete. */
  passOn(): void {
    this.isPartial = true;
    this.read = undefined;
    this.runs = [];
    this.length = 0;
  }

  /** A simple query's last statement says that it is complete after its commit only, and says nothing if that fails. */
  dropLastCompletion(): void {
    const frames = [...this.frames()];
    const last = frames.findLastIndex((frame) => frame[0] === FromServer.commandComplete);
    this.passOn();
    this.isPartial = false;
    frames.forEach((frame, i) => i !== last && this.append(frame, 0, frame.length));
  }

  private *frames(): Generator<Buffer> {
    for (const run of this.runs) yield* framesIn(run);
  }
}

function readReply(frames: Iterable<Buffer>, sent: readonly Sent[]) {
  const portals = sent.filter((message) => message.kind === 'execute').map(({ portal }) => portal);
  const results: Result[] = [];
  let error: ErrorFields | undefined;
  let columns: Column[] | undefined;
  let rows: Buffer[] = [];
  const complete = (tag: string | undefined, isSuspended: boolean) => {
    results.push(makeResult(portals[results.length], columns, rows, { tag, isSuspended }));
    columns = undefined;
    rows = [];
  };
  for (const frame of frames) {
    switch (frame[0]) {
      case FromServer.rowDescription:
        // in the extended protocol it describes a statement or portal, which remembers it
        if (portals.length === 0) columns = readRowDescription(frame);
        break;
      case FromServer.dataRow:
        rows.push(frame);
        break;
      case FromServer.commandComplete:
        complete(new FieldReader(frame).string(), false);
        break;
      case FromServer.portalSuspended:
        complete(undefined, true);
        break;
      case FromServer.emptyQuery:
        complete(undefined, false);
        break;
      case FromServer.error:
        error = readError(frame);
        if (rows.length > 0 || columns) complete(undefined, false);
        break;
      default:
        break;
    }
  }
  return { results, error };
}

function makeResult(
  portal: Portal | undefined,
  described: readonly Column[] | undefined,
  frames: readonly Buffer[],
  end: Pick<Result, 'tag' | 'isSuspended'>,
): Result {
  const columns = described ?? portal?.columns;
  const formats = portal?.resultFormats ?? [];
  const readRow = (frame: Buffer) =>
    readDataRow(frame).map((value, i) => {
      const isBinary = columns?.[i]?.isBinary ?? formatOf(formats, i) === 1;
      return toText(value, columns?.[i]?.typeOid ?? 0, isBinary);
    });
  let rows: (string | null)[][] | undefined;
  return {
    ...end,
    columns,
    get rows() {
      return (rows ??= frames.map(readRow));
    },
  };
}
