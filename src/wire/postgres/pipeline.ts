import { FieldReader, FromClient, FromServer, readStatus, type TransactionStatus } from './messages';
import { Names, Portal, PreparedStatement, type Sent } from './statements';
import { deallocatedBy } from './sql-text';

/**
 * What a client has sent and the server has not replied to yet, in order. It tells when a reply is complete, also where
 * no ReadyForQuery says so, and learns what the session's names stand for from the replies: a statement exists once the
 * server has said so.
 */
export class Pipeline {
  readonly names = new Names();
  /** Of the last ReadyForQuery. */
  status: TransactionStatus = 'idle';
  /** Whether an implicit transaction may be open: something was executed since, and no Sync has ended it. */
  isUnsynced = false;
  /** Whether the session has become one of replication, in which messages have no replies. */
  isCopyBoth = false;

  private waiting: Sent[] = [{ kind: 'startup' }];
  /** After an error in the extended protocol, the server ignores everything before the next Sync. */
  private isSkipping = false;
  /** While it reads a COPY from the client, the server ignores Flush and Sync. */
  private copyIn: 'none' | 'reading' | 'ended' = 'none';

  /** Whether the server owes no reply. */
  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Whether the server takes this message as part of the COPY that it reads, or of the end of it. */
  belongsToCopy(type: number): boolean {
    if (this.copyIn === 'none') return false;
    const isExtended = this.waiting[0]?.kind === 'execute';
    if (this.copyIn === 'ended') return isExtended && (type === FromClient.sync || type === FromClient.flush);
    return true;
  }

  /** A message of the client goes to the server. @returns it, if the server is to reply to it */
  send(type: number, frame: Buffer): Sent | undefined {
    if (this.copyIn !== 'none') this.sendInCopy(type);
    if (this.copyIn === 'reading') return undefined;
    if (type === FromClient.sync) this.isSkipping = false;
    else if (this.isSkipping) return undefined;
    if (type === FromClient.sync || type === FromClient.query) this.isUnsynced = false;
    const sent = this.names.read(type, frame, this.waiting);
    if (!sent) return undefined;
    if (sent.kind === 'execute') this.isUnsynced = true;
    this.waiting.push(sent);
    return sent;
  }

  private sendInCopy(type: number): void {
    if (type === FromClient.copyDone || type === FromClient.copyFail) this.copyIn = 'ended';
    else if (type !== FromClient.copyData && this.copyIn === 'ended') this.copyIn = 'none';
  }

  /** A message of the server has come. */
  receive(type: number, buffer: Buffer, start: number, end: number): void {
    if (type === FromServer.dataRow) return;
    const first = this.waiting[0];
    switch (type) {
      case FromServer.ready:
        this.status = readStatus(buffer, start);
        this.copyIn = 'none';
        if (first?.kind === 'query') {
          this.names.statements.delete('');
          this.names.portals.delete('');
        }
        if (this.status === 'idle') this.names.portals.clear();
        this.waiting.shift();
        return;
      case FromServer.error:
        this.copyIn = 'none';
        this.fail();
        return;
      case FromServer.copyIn:
        this.copyIn = 'reading';
        // the Sync that ended its group has come too early
        if (first?.kind === 'execute') this.waiting = this.waiting.filter(({ kind }) => kind !== 'sync');
        return;
      case FromServer.copyBoth:
        this.isCopyBoth = true;
        return;
      case FromServer.commandComplete:
        if (first) this.forgetDeallocated(first, buffer, start, end);
        if (first?.kind === 'execute') this.waiting.shift();
        return;
      case FromServer.emptyQuery:
      case FromServer.portalSuspended:
        if (first?.kind === 'execute') this.waiting.shift();
        return;
      default:
        this.receiveExtended(type, first, buffer, start, end);
    }
  }

  private receiveExtended(
    type: number,
    first: Sent | undefined,
    buffer: Buffer,
    start: number,
    end: number,
  ): void {
    switch (first?.kind) {
      case 'parse':
        if (type !== FromServer.parseComplete) return;
        this.names.statements.set(first.statement.name, first.statement);
        break;
      case 'bind':
        if (type !== FromServer.bindComplete) return;
        this.names.portals.set(first.portal.name, first.portal);
        break;
      case 'close':
        if (type !== FromServer.closeComplete) return;
        if (first.what === 'statement') this.names.statements.delete(first.name);
        else this.names.portals.delete(first.name);
        break;
      case 'describe':
        if (type === FromServer.parameterDescription && first.of instanceof PreparedStatement)
          first.of.described.parameters = buffer.subarray(start, end);
        if (type !== FromServer.rowDescription && type !== FromServer.noData) return;
        if (type === FromServer.rowDescription) keepColumns(first.of, buffer.subarray(start, end));
        break;
      default:
        return;
    }
    this.waiting.shift();
  }

  /** An error ends a simple query by itself, and everything up to the next Sync in the extended protocol. */
  private fail(): void {
    const kind = this.waiting[0]?.kind;
    if (kind === undefined || kind === 'query' || kind === 'function-call' || kind === 'startup') return;
    const sync = this.waiting.findIndex((sent) => sent.kind === 'sync');
    this.isSkipping = sync === -1;
    this.waiting.splice(0, sync === -1 ? this.waiting.length : sync);
  }

  private forgetDeallocated(first: Sent, buffer: Buffer, start: number, end: number): void {
    // D, and E or I: of all tags, those of DEALLOCATE and DISCARD, and a few harmless ones
    const second = buffer[start + 6];
    if (buffer[start + 5] !== 0x44 || (second !== 0x45 && second !== 0x49)) return;
    const tag = new FieldReader(buffer, start, end).string();
    if (!tag.startsWith('DEALLOCATE') && tag !== 'DISCARD ALL') return;
    const sql = first.kind === 'query' ? first.sql : first.kind === 'execute' && first.portal?.statement?.sql;
    const names = deallocatedBy(sql || '');
    if (names === 'all') this.names.statements.clear();
    else for (const name of names) this.names.statements.delete(name);
  }
}

function keepColumns(of: PreparedStatement | Portal | undefined, frame: Buffer): void {
  if (of instanceof Portal) {
    of.columnsDescribed = frame;
    if (of.statement) of.statement.described.columns ??= frame;
  } else if (of) of.described.columns = frame;
}
