import { useCallback, useMemo, useState } from 'react';
import type { RowFilter } from '~/live/attempt-log';
import { parseSearch, type ParsedSearch } from '~/live/log-query';

/** Rows that the collision has pointed out: in one lane, by sequence number. */
export interface MarkedRows {
  lane: number;
  seqs: readonly number[];
}

/** What the lists of requests show, the same for all lanes. */
export interface LogView {
  filter: RowFilter;
  text: string;
  parsed: ParsedSearch;
  marked: MarkedRows | null;
  /** The lane whose list is shown where there is room for one only. */
  lane: number;
  setLane: (lane: number) => void;
  setOutcome: (outcome: number | null) => void;
  setText: (text: string) => void;
  /** Takes all filters away, and points out these rows. */
  mark: (rows: MarkedRows) => void;
  /** Shows every row, and none pointed out. */
  clear: () => void;
}

/** While a search is not understood, the rows that it would leave out stay. */
export function useLogView(): LogView {
  const [outcome, setOutcome] = useState<number | null>(null);
  const [text, setText] = useState('');
  const [marked, setMarked] = useState<MarkedRows | null>(null);
  const [lane, setLane] = useState(0);
  const parsed = useMemo(() => parseSearch(text), [text]);
  const filter = useMemo(() => ({ outcome, query: parsed.ok ? parsed.query : {} }), [outcome, parsed]);
  const show = useCallback((rows: MarkedRows | null) => {
    setOutcome(null);
    setText('');
    setMarked(rows);
    if (rows) setLane(rows.lane);
  }, []);
  const clear = useCallback(() => show(null), [show]);
  return useMemo(
    () => ({ filter, text, parsed, marked, lane, setLane, setOutcome, setText, mark: show, clear }),
    [filter, text, parsed, marked, lane, show, clear],
  );
}
