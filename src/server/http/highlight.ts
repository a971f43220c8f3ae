import highlighter from 'highlight.js/lib/core';
import typescript from 'highlight.js/lib/languages/typescript';

highlighter.registerLanguage('typescript', typescript);

/** TypeScript as HTML with classes for its parts; everything else in it is escaped. */
export function highlightTypeScript(source: string): string {
  return highlighter.highlight(source, { language: 'typescript' }).value;
}

/** The same line by line: elements that are open at the end of a line are closed there and reopened on the next. */
export function highlightTypeScriptLines(source: string): string[] {
  let open: string[] = [];
  return highlightTypeScript(source)
    .split('\n')
    .map((line) => {
      const before = open.join('');
      for (const [tag] of line.matchAll(/<span[^>]*>|<\/span>/g))
        open = tag === '</span>' ? open.slice(0, -1) : [...open, tag];
      return before + line + '</span>'.repeat(open.length);
    });
}
