const STEPS = [1, 2, 2.5, 5, 10];

/** A round step that divides `span` into at most `parts` parts. */
export function roundStep(span: number, parts: number): number {
  if (!(span > 0)) return 1;
  const rough = span / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  // the tolerance keeps 0.30000000000000004 from asking for the next larger step
  const step = STEPS.find((candidate) => candidate * power >= rough * 0.999_999) ?? 10;
  return step * power;
}

/** An axis: its domain and the positions of its labels. */
export interface Scale {
  domain: [number, number];
  ticks: number[];
}

/** A scale from `low` to `high` that ends on round numbers, so that it seldom changes while data grows. */
export function roundScale(low: number, high: number, parts = 4): Scale {
  const step = roundStep(high - low, parts);
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return { domain: [first * step, last * step], ticks: multiples(first, last, step) };
}

/** A scale that ends exactly at `high`, for a time axis that no longer grows. */
export function exactScale(high: number, parts = 6): Scale {
  const step = roundStep(high, parts);
  return { domain: [0, high], ticks: multiples(0, Math.floor((high / step) * 1.000_001), step) };
}

function multiples(first: number, last: number, step: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
