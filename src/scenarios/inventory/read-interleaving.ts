import type { Interleaving, InterleavingLine } from '@/model/strategy-page';

/**
 * Reads the comment that opens a strategy's file: lines that start with `T1`, `T2`, … are the interleaving, what
 * follows `->` or a gap of two spaces is what the step leads to, and the paragraphs after it are notes.
 */
export function readInterleaving(source: string): Interleaving {
  const comment = /^\/\*\n([\s\S]*?)\*\//m.exec(source)?.[1] ?? '';
  const text = comment.split('\n').map((line) => line.replace(/^ ?\* ?/, '').trimEnd());
  const lines: InterleavingLine[] = [];
  const rest: string[] = [];
  for (const line of text) {
    const step = /^(T\d)\s+(.*)$/.exec(line);
    if (step && rest.every((earlier) => earlier === '')) lines.push(toLine(step[1] ?? '', step[2] ?? ''));
    else rest.push(line);
  }
  const notes = rest.join('\n').split(/\n\s*\n|\n(?=(?:Protected|Not protected|Cost|Hidden cost):)/);
  return {
    lines,
    notes: notes.map((note) => note.replace(/\s*\n\s*/g, ' ').trim()).filter((note) => note !== ''),
  };
}

function toLine(who: string, text: string): InterleavingLine {
  const parts = /^(.*?)\s*(?:->|\s{2,})\s*(.*)$/.exec(text);
  return { who, does: parts?.[1] ?? text, leads: parts?.[2] ?? '' };
}
