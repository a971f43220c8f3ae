/**
 * Lines of a strategy's source, counted from 0, at which a step is taken: where `step` is called with its name, and
 * for the ends of a transaction where `transaction` is called. A commit that belongs to one statement stands where
 * that statement does. Empty when the source does not name the step.
 */
export function findStepLines(source: string, step: string): number[] {
  const name = step.startsWith('commit of ') ? step.slice('commit of '.length) : step;
  const lines = source.split('\n');
  const isEnd = name === 'begin' || name === 'commit';
  const marks = isEnd ? ['transaction('] : [`step('${name}'`, `step("${name}"`, `step(\`${name}\``];
  const start = Math.max(
    0,
    lines.findIndex((line) => /\bpurchase\s*[(:]/.test(line)),
  );
  return lines.flatMap((line, i) => (i >= start && marks.some((mark) => line.includes(mark)) ? [i] : []));
}
