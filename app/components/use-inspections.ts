import { useCallback, useMemo, useState } from 'react';
import { fetchAttempt } from '~/live/attempt-detail';
import type { LiveLane } from '~/live/use-race';
import type { Inspection } from './attempt-steps';

/** Which attempt of each lane the reader looks at. */
export interface Inspections {
  /** By lane. */
  open: ReadonlyMap<number, { seq: number | null; inspection: Inspection }>;
  inspect: (lane: number, seq: number) => void;
  /** Looks an attempt up by its id, as findings name it. */
  inspectId: (lane: number, attemptId: string) => void;
  close: (lane: number) => void;
  closeAll: () => void;
}

/** Attempts opened by the reader; their steps are fetched when asked for. */
export function useInspections(raceId: string, lanes: readonly LiveLane[]): Inspections {
  const [open, setOpen] = useState<Inspections['open']>(new Map());
  const show = useCallback((lane: number, seq: number | null, inspection: Inspection) => {
    setOpen((before) => new Map(before).set(lane, { seq, inspection }));
  }, []);

  const inspect = useCallback(
    (lane: number, seq: number) => {
      const label = `request ${seq}`;
      const missing = (message: string) => show(lane, seq, { state: 'missing', label, message });
      show(lane, seq, { state: 'loading', label });
      fetchAttempt(raceId, lane, seq).then(
        (detail) =>
          detail ? show(lane, seq, { state: 'loaded', detail }) : missing('Its steps are not stored yet.'),
        (error: unknown) => missing(error instanceof Error ? error.message : 'Its steps could not be read.'),
      );
    },
    [raceId, show],
  );

  const inspectId = useCallback(
    (lane: number, attemptId: string) => {
      const seq = lanes[lane]?.log.find(Number(attemptId.split('.').at(-1))) ?? null;
      if (seq !== null) inspect(lane, seq);
      else
        show(lane, null, {
          state: 'missing',
          label: attemptId,
          message: 'It is not among the requests listed here.',
        });
    },
    [lanes, inspect, show],
  );

  const close = useCallback((lane: number) => {
    setOpen((before) => new Map([...before].filter(([index]) => index !== lane)));
  }, []);
  const closeAll = useCallback(() => setOpen(new Map()), []);
  return useMemo(
    () => ({ open, inspect, inspectId, close, closeAll }),
    [open, inspect, inspectId, close, closeAll],
  );
}
