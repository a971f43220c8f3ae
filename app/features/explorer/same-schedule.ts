import type { ScheduleView } from '@/model/exploration';

/** Whether two runs of a schedule are equal, move by move; the order of an object's keys does not matter. */
export function isSameSchedule(a: ScheduleView, b: ScheduleView): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}
