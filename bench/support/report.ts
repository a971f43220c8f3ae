import { cpus, release, totalmem } from 'node:os';

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** Prints rows as a Markdown table, numbers with at most three significant decimals. */
export function printTable(rows: Record<string, string | number>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const show = (value: string | number | undefined) =>
    typeof value === 'number' ? value.toLocaleString('en', { maximumSignificantDigits: 4 }) : (value ?? '');
  console.log(`\n| ${columns.join(' | ')} |\n|${columns.map(() => '---|').join('')}`);
  for (const row of rows) console.log(`| ${columns.map((column) => show(row[column])).join(' | ')} |`);
  console.log();
}

/** The machine in one line, since no figure means anything without it. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const processors = `${cpus().length} x ${cpu?.model.trim() ?? 'unknown CPU'}`;
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB of memory`;
  return `Node ${process.versions.node}, ${processors}, ${memory}, ${process.platform} ${release()}`;
}
