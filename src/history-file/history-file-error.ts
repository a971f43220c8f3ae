import { printable } from './printable';

/** Longest message: it quotes the file, which may hold anything. */
const MAX_MESSAGE = 400;

/** A history file that cannot be read, or a history that cannot be written: which line, and what was expected there. */
export class HistoryFileError extends Error {
  override readonly name = 'HistoryFileError';

  /** `line` counts from 1; 0 for a fault that belongs to no single line. */
  constructor(
    readonly line: number,
    problem: string,
  ) {
    const cut = problem.length > MAX_MESSAGE ? `${problem.slice(0, MAX_MESSAGE)}…` : problem;
    super(printable(line === 0 ? cut : `Line ${line}: ${cut}`));
  }
}
