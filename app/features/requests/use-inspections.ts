import { useCallback, useMemo, useState } from 'react';
import { useEvidence } from '~/live/evidence-source';
import type { LiveLane } from '~/live/use-race';
import type { Inspection } from './attempt-steps';

/** The attempt of each lane that the reader has opened. */
export interface Inspections {
  /** By lane. */
  open: ReadonlyMap<number, { seq: number; inspection: Inspection }>;
  inspect: (lane: number, seq: number) => void;
  close: (lane: number) => void;
  closeAll: () => void;
}

/** Attempts opened by the reader; their steps are fetched on demand. */
export function useInspections(lanes: readonly LiveLane[]): Inspections {
  const source = useEvidence();
  const [open, setOpen] = useState<Inspections['open']>(new Map());
  const inspect = useCallback(
    (lane: number, seq: number) => {
      const row = lanes[lane]?.log.row(seq);
      if (!row) return;
      const label = source.attemptPrefix(lane) + String(row.n);
      const asked: Inspection = { state: 'loading', label };
      setOpen((before) => new Map(before).set(lane, { seq, inspection: asked }));
      // ignores a response that arrives after the reader has gone on
      const show = (inspection: Inspection) =>
        setOpen((before) =>
          before.get(lane)?.inspection === asked ? new Map(before).set(lane, { seq, inspection }) : before,
        );
      source.readAttempt(lane, row.n).then(
        (detail) => show({ state: 'loaded', detail }),
        (error: unknown) => {
          const message = error instanceof Error ? error.message : 'Its steps could not be read.';
          show({ state: 'missing', label, message });
        },
      );
    },
    [source, lanes],
  );

  const close = useCallback((lane: number) => {
    setOpen((before) => new Map([...before].filter(([index]) => index !== lane)));
  }, []);
  const closeAll = useCallback(() => setOpen(new Map()), []);
  return useMemo(() => ({ open, inspect, close, closeAll }), [open, inspect, close, closeAll]);
}
