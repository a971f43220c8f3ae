const NUMBERS = new Intl.NumberFormat('en-US');

/** 12345 as "12,345". */
export function formatNumber(value: number): string {
  return NUMBERS.format(value);
}

/** A number with its noun: "1 unit", "1,000 units". The plural is the noun with an s unless given. */
export function countOf(value: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(value)} ${value === 1 ? noun : plural}`;
}
