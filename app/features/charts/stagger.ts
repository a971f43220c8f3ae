import { startTransition, useEffect, useRef, useState } from 'react';

/** Time between the updates of two charts. One costs 28 ms to draw: six at once stutter, one at a time hold 60 fps. */
const TURN_MS = 60;

/** Charts that wait for their turn to draw new data, oldest first. A chart is in it once, with its latest data. */
const waiting = new Map<object, () => void>();
let turn: ReturnType<typeof setTimeout> | null = null;

function takeTurns(): void {
  const [first] = waiting;
  turn = null;
  if (!first) return;
  const [chart, draw] = first;
  waiting.delete(chart);
  draw();
  if (waiting.size > 0) turn = setTimeout(takeTurns, TURN_MS);
}

/**
 * The latest `value`, but adopted in turns with all other charts on the page. While `isWanted` is false it keeps what it
 * has: charts that nobody sees must not make the others wait.
 */
export function useStaggered<T>(value: T, isWanted: boolean): T {
  const [adopted, setAdopted] = useState(value);
  const self = useRef({});
  useEffect(() => {
    const chart = self.current;
    if (value === adopted || !isWanted) return;
    waiting.set(chart, () => startTransition(() => setAdopted(() => value)));
    turn ??= setTimeout(takeTurns, TURN_MS);
  }, [value, adopted, isWanted]);
  useEffect(() => {
    const chart = self.current;
    return () => {
      waiting.delete(chart);
    };
  }, []);
  return adopted;
}
