import { createHash } from 'node:crypto';
import { textOf } from './resp-value';

const MOST_SCRIPTS = 1_000;

/** The texts of scripts that went through a proxy, so that EVALSHA can be shown by its text. The oldest are forgotten. */
export class ScriptTexts {
  readonly #byHash = new Map<string, string>();
  readonly #known = new Set<string>();

  /** @returns the text that a command runs or loads, as far as it is known */
  textFor({ name, words }: { name: string; words: readonly Buffer[] }): string | undefined {
    const [, first, second] = words;
    switch (name) {
      case 'EVAL':
      case 'EVAL_RO':
        return this.#remember(first);
      case 'SCRIPT':
        return textOf(first).toUpperCase() === 'LOAD' ? this.#remember(second) : undefined;
      case 'EVALSHA':
      case 'EVALSHA_RO':
        return this.#byHash.get(textOf(first).toLowerCase());
      default:
        return undefined;
    }
  }

  #remember(script: Buffer | undefined): string | undefined {
    if (!script) return undefined;
    const text = script.toString();
    if (this.#known.has(text)) return text;
    this.#known.add(text);
    this.#byHash.set(createHash('sha1').update(script).digest('hex'), text);
    const [oldest] = this.#byHash;
    if (oldest && this.#byHash.size > MOST_SCRIPTS) {
      this.#byHash.delete(oldest[0]);
      this.#known.delete(oldest[1]);
    }
    return text;
  }
}
