/**
 * Lines of a strategy's source, counted from 0, at which a step is taken: where `step` is called with its name, and for
 * the ends of a transaction where `transaction` is called. A commit that belongs to one statement is at the line of
 * that statement. Empty when the source does not name the step.
 */
export function findStepLines(source: string, step: string): number[] {
  const name = step.startsWith('commit of ') ? step.slice('commit of '.length) : step;
  const isEnd = name === 'begin' || name === 'commit';
  const lines = source.split('\n');
  const places = [...source.matchAll(isEnd ? TRANSACTION : callOf(name))].map(
    ({ index }) => source.slice(0, index).split('\n').length - 1,
  );
  return [...new Set(places)].filter((line) => !COMMENT.test(lines[line] ?? ''));
}

const COMMENT = /^\s*(?:\/\/|\/?\*)/;
/** Not `db.$transaction(`, which is Prisma's own and not a step. */
const TRANSACTION = /(?<![$.\w])transaction(?:<[^>]*>)?\(/g;

/** `step('name'`, even if the name is on the next line. */
function callOf(name: string): RegExp {
  const text = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`\\bstep\\(\\s*(['"\`])${text}\\1`, 'g');
}
