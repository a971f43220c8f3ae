import highlighter from 'highlight.js/lib/core';
import typescript from 'highlight.js/lib/languages/typescript';

highlighter.registerLanguage('typescript', typescript);

/** TypeScript as HTML with classes for its parts; everything else in it is escaped. */
export function highlightTypeScript(source: string): string {
  return highlighter.highlight(source, { language: 'typescript' }).value;
}
