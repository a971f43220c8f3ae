/** Lines in one of several columns, wrapped at words; a word that is too long is cut. What is wrapped is indented. */
export function toColumns(lines: readonly string[], column: number, width: number): string[] {
  const indent = ' '.repeat(column * (width + 2));
  return lines.flatMap((line) => wrap(line, width)).map((line) => `${indent}${line}`);
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => cut(one, width - 2))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `  ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function cut(word: string, most: number): string[] {
  return word.length <= most ? [word] : [word.slice(0, most), ...cut(word.slice(most), most)];
}
