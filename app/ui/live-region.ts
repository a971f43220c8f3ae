/** More often would talk over everything else. */
const SPEAK_EVERY_MS = 5_000;

/** Says the latest news, however often there are any, at most every 5 s. */
export class LiveRegion {
  #saidAt: number;
  #due: ReturnType<typeof setTimeout> | undefined;
  readonly #read: () => string;
  readonly #say: (text: string) => void;

  /** `read`: what there is to say by the time that it is said. */
  constructor(read: () => string, say: (text: string) => void) {
    this.#read = read;
    this.#say = say;
    this.#saidAt = Date.now();
  }

  /** There is something new. */
  news(): void {
    if (this.#due !== undefined) return;
    const wait = Math.max(0, this.#saidAt + SPEAK_EVERY_MS - Date.now());
    this.#due = setTimeout(() => {
      this.#due = undefined;
      this.#saidAt = Date.now();
      this.#say(this.#read());
    }, wait);
  }

  close(): void {
    clearTimeout(this.#due);
    this.#due = undefined;
  }
}
