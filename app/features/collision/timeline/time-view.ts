import { roundStep } from '~/ui/scale';

/** The part of a time axis that is in view, ms. */
export interface TimeView {
  from: number;
  to: number;
}

/** Steps are recorded in whole microseconds, so a view of less than a few of them shows nothing. */
const LEAST_SPAN_MS = 0.01;

/** The whole of an axis that starts at 0. */
export function fitView(spanMs: number): TimeView {
  return { from: 0, to: spanMs };
}

/** Shows `factor` times less (or more) of the axis, with `atMs` where it was. Never more than all of it. */
export function zoomAt({ from, to }: TimeView, factor: number, atMs: number, spanMs: number): TimeView {
  const span = to - from;
  const zoomed = Math.min(spanMs, Math.max(Math.min(LEAST_SPAN_MS, spanMs), span / factor));
  return within(atMs - ((atMs - from) * zoomed) / span, zoomed, spanMs);
}

/** Moves the view, but not beyond the axis. */
export function panBy({ from, to }: TimeView, byMs: number, spanMs: number): TimeView {
  return within(from + byMs, to - from, spanMs);
}

/** Moves the view by as little as needed to show the time from `first` to `last`, or its start if it does not fit. */
export function reveal(view: TimeView, first: number, last: number, spanMs: number): TimeView {
  const span = view.to - view.from;
  if (first < view.from || last - first > span) return within(first - span * 0.05, span, spanMs);
  return last > view.to ? within(last + span * 0.05 - span, span, spanMs) : view;
}

function within(from: number, span: number, spanMs: number): TimeView {
  const start = Math.min(Math.max(0, from), Math.max(0, spanMs - span));
  return { from: start, to: start + span };
}

/** A labelled place on the ruler. */
export interface Tick {
  ms: number;
  label: string;
}

/** Room that a label needs on either side, px. */
const TICK_PX = 84;

/** Round times within the view, as many as fit, in µs where ms would need many digits. */
export function rulerTicks({ from, to }: TimeView, width: number): Tick[] {
  const step = roundStep(to - from, Math.max(1, Math.floor(width / TICK_PX)));
  const first = Math.ceil((from / step) * 0.999_999_999);
  const last = Math.floor((to / step) * 1.000_000_001);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
    const ms = Number(((first + i) * step).toPrecision(12));
    return { ms, label: labelTick(ms, step) };
  });
}

function labelTick(ms: number, step: number): string {
  if (step < 0.1) return `${Math.round(ms * 1_000).toLocaleString('en-US')} µs`;
  return `${ms.toLocaleString('en-US', { maximumFractionDigits: 2 })} ms`;
}
