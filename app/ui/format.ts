import { formatMs } from '@/model/wording';

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const ONE_DECIMAL = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const COMPACT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** 1234 as `1,234`, with a true minus sign. */
export function formatCount(value: number): string {
  return WHOLE.format(value).replace('-', '−');
}

/** 12345 as `12.3K`, for axes. */
export function formatCompact(value: number): string {
  return Math.abs(value) < 1_000 ? ONE_DECIMAL.format(value) : COMPACT.format(value);
}

/** Seconds for an axis, with three digits that matter: `0.25 s`, `12.5 s`. */
export function formatSeconds(seconds: number): string {
  return `${seconds >= 100 ? formatCount(seconds) : Number(seconds.toPrecision(3))}\u00a0s`;
}

/** Milliseconds for an axis: `250 ms`, `1.5 s`. */
export function formatMsTick(ms: number): string {
  return ms >= 1_000 ? `${formatCompact(ms / 1_000)}\u00a0s` : `${Number(ms.toPrecision(2))}\u00a0ms`;
}

/** Microseconds in the same way. */
export function formatMicros(micros: number): string {
  return formatMs(micros / 1_000);
}

/** A time span as a stopwatch shows it: `4.2 s`, `1 min 05 s`. */
export function formatSpan(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min ${String(Math.floor(seconds - minutes * 60)).padStart(2, '0')} s`;
}

/** How long ago something was, in whole seconds so that it does not flicker: `12 s`, `1 min 05 s`. */
export function formatAge(ms: number): string {
  return formatSpan(Math.floor(Math.max(0, ms) / 1_000) * 1_000).replace('.0 s', ' s');
}

/** A rate per second. */
export function formatRate(perS: number): string {
  return `${perS >= 100 ? WHOLE.format(perS) : ONE_DECIMAL.format(perS)}/s`;
}

/** `163 kB`, `6.5 MB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `1 attempt`, `2 attempts`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** The same text with every percent sign kept on the line of its number. */
export function keepPercent(text: string): string {
  return text.replaceAll(' %', '\u00a0%');
}
