import { useSyncExternalStore } from 'react';

const TICK_MS = 250;

const listeners = new Set<() => void>();
let now: number | null = null;
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = Date.now();
    timer = setInterval(tick, TICK_MS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const stopped = () => () => undefined;
const nothing = () => null;

/** The time in ms, four times a second; null on the server, in the first render, and while it does not run. */
export function useClock(runs: boolean): number | null {
  return useSyncExternalStore(runs ? subscribe : stopped, runs ? () => now : nothing, nothing);
}
