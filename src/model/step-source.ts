/**
 * The code of a step, from the strategy's file: the body of each call of `step` with that name, without the wrapping
 * and the indentation. Empty where the file takes no such step, as for the ends of a transaction.
 */
export function findStepSource(source: string, name: string): string[] {
  const calls = new RegExp(`\\bstep\\(\\s*(['"\`])${escapeRegExp(name)}\\1\\s*,`, 'g');
  const bodies = [...source.matchAll(calls)].map((call) => readBody(source, call.index + call[0].length));
  return [...new Set(bodies.filter((body) => body !== ''))];
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** From after the name's comma to the parenthesis that closes the call. */
function readBody(source: string, from: number): string {
  const end = findEnd(source, from);
  const wrapping = /^\s*(async\s*)?(\(\)\s*=>\s*)?/.exec(source.slice(from, end))?.[0] ?? '';
  const start = from + wrapping.length;
  const lineStart = source.lastIndexOf('\n', start) + 1;
  const indent = source.slice(lineStart).length - source.slice(lineStart).trimStart().length;
  return source
    .slice(start, end)
    .replace(/,?\s*$/, '')
    .split('\n')
    .map((line, i) => (i === 0 ? line : line.replace(new RegExp(`^ {0,${indent}}`), '')))
    .join('\n');
}

const OPENS = '([{';
const CLOSES = ')]}';

/** Ignores parentheses in strings and comments. */
function findEnd(source: string, from: number): number {
  let depth = 0;
  for (let i = from; i < source.length; i += 1) {
    const char = source.charAt(i);
    if (char === "'" || char === '"' || char === '`') i = skipText(source, i, char);
    else if (source.startsWith('//', i)) i = skipTo(source, i, '\n');
    else if (source.startsWith('/*', i)) i = skipTo(source, i, '*/');
    else if (OPENS.includes(char)) depth += 1;
    else if (CLOSES.includes(char)) {
      if (depth === 0) return i;
      depth -= 1;
    }
  }
  return source.length;
}

function skipText(source: string, from: number, quote: string): number {
  let i = from + 1;
  while (i < source.length && source.charAt(i) !== quote) i += source.charAt(i) === '\\' ? 2 : 1;
  return i;
}

function skipTo(source: string, from: number, mark: string): number {
  const at = source.indexOf(mark, from);
  return at === -1 ? source.length : at;
}
