import { useCallback, useMemo, useState } from 'react';
import { fetchAttempt } from '~/live/fetch-evidence';
import type { LiveLane } from '~/live/use-race';
import type { Inspection } from './attempt-steps';

/** Which attempt of each lane the reader looks at. */
export interface Inspections {
  /** By lane. */
  open: ReadonlyMap<number, { seq: number; inspection: Inspection }>;
  inspect: (lane: number, seq: number) => void;
  close: (lane: number) => void;
  closeAll: () => void;
}

/** Attempts opened by the reader; their steps are fetched when asked for. */
export function useInspections(raceId: string, lanes: readonly LiveLane[]): Inspections {
  const [open, setOpen] = useState<Inspections['open']>(new Map());
  const show = useCallback((lane: number, seq: number, inspection: Inspection) => {
    setOpen((before) => new Map(before).set(lane, { seq, inspection }));
  }, []);

  const inspect = useCallback(
    (lane: number, seq: number) => {
      const row = lanes[lane]?.log.row(seq);
      if (!row) return;
      const label = `${raceId}.${lane}.${row.n}`;
      show(lane, seq, { state: 'loading', label });
      fetchAttempt(raceId, lane, row.n).then(
        (detail) => show(lane, seq, { state: 'loaded', detail }),
        (error: unknown) => {
          const message = error instanceof Error ? error.message : 'Its steps could not be read.';
          show(lane, seq, { state: 'missing', label, message });
        },
      );
    },
    [raceId, lanes, show],
  );

  const close = useCallback((lane: number) => {
    setOpen((before) => new Map([...before].filter(([index]) => index !== lane)));
  }, []);
  const closeAll = useCallback(() => setOpen(new Map()), []);
  return useMemo(() => ({ open, inspect, close, closeAll }), [open, inspect, close, closeAll]);
}
