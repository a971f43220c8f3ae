import { endsGroup } from './messages';

/** What becomes of a client's messages, in order. */
export interface InboxHandlers {
  /** Whether the next message, of that type, has its turn. */
  mayTake: (type: number) => boolean;
  /** Whether it goes to the server by itself instead of with a group. */
  isLoose: (type: number) => boolean;
  takeLoose: (frame: Buffer) => void;
  takeGroup: (frames: readonly Buffer[]) => void;
  /** The group has grown beyond the limit. */
  tooLong: () => void;
}

/** Messages of a client that have not had their turn, and the group that those before them have begun. */
export class Inbox {
  private waiting: Buffer[] = [];
  private bytes = 0;
  private group: Buffer[] = [];
  private groupBytes = 0;
  private isReading = false;

  constructor(
    private readonly limitBytes: number,
    private readonly handlers: InboxHandlers,
  ) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0 && this.group.length === 0;
  }

  /** Of messages that wait for the group before them. */
  get waitingBytes(): number {
    return this.bytes;
  }

  push(frame: Buffer): void {
    this.waiting.push(frame);
    this.bytes += frame.length;
    this.read();
  }

  /** Takes messages up to the next one that has to wait. */
  read(): void {
    // a group may be over as soon as it is released: the loop that is running goes on then
    if (this.isReading) return;
    this.isReading = true;
    for (let frame = this.waiting[0]; frame; frame = this.waiting[0]) {
      const type = frame.readUInt8(0);
      if (!this.handlers.mayTake(type)) break;
      this.waiting.shift();
      this.bytes -= frame.length;
      if (this.handlers.isLoose(type)) this.handlers.takeLoose(frame);
      else this.add(type, frame);
    }
    this.isReading = false;
  }

  clear(): void {
    this.waiting = this.group = [];
    this.bytes = this.groupBytes = 0;
  }

  private add(type: number, frame: Buffer): void {
    this.group.push(frame);
    this.groupBytes += frame.length;
    if (this.groupBytes > this.limitBytes) {
      this.handlers.tooLong();
      return;
    }
    if (!endsGroup(type)) return;
    const group = this.group;
    this.group = [];
    this.groupBytes = 0;
    this.handlers.takeGroup(group);
  }
}
