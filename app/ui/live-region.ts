/** More frequent messages would drown out everything else. */
const SPEAK_EVERY_MS = 5_000;

/** Announces the latest news at most every 5 s, however often they change. */
export class LiveRegion {
  #saidAt: number;
  #due: ReturnType<typeof setTimeout> | undefined;
  readonly #read: () => string;
  readonly #say: (text: string) => void;

  /** `read`: returns the message at the moment it is announced. */
  constructor(read: () => string, say: (text: string) => void) {
    this.#read = read;
    this.#say = say;
    this.#saidAt = performance.now();
  }

  /** Called when there is something new. */
  news(): void {
    if (this.#due !== undefined) return;
    const wait = Math.max(0, this.#saidAt + SPEAK_EVERY_MS - performance.now());
    this.#due = setTimeout(() => {
      this.#due = undefined;
      this.#saidAt = performance.now();
      this.#say(this.#read());
    }, wait);
  }

  close(): void {
    clearTimeout(this.#due);
    this.#due = undefined;
  }
}
