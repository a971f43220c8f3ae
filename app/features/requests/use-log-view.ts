import { useCallback, useMemo, useState } from 'react';
import type { RowFilter } from '~/live/attempt-log';
import { parseSearch, type ParsedSearch } from '~/live/log-query';

/** Rows that the collision has highlighted: in one lane, by sequence number. */
export interface MarkedRows {
  lane: number;
  seqs: readonly number[];
}

/** The view of the lists of requests, the same for all lanes. */
export interface LogView {
  filter: RowFilter;
  text: string;
  parsed: ParsedSearch;
  marked: MarkedRows | null;
  /** The lane whose list is shown when there is room for only one. */
  lane: number;
  setLane: (lane: number) => void;
  setOutcome: (outcome: number | null) => void;
  setText: (text: string) => void;
  /** Clears all filters, and highlights these rows. */
  mark: (rows: MarkedRows) => void;
  /** Shows every row, without highlights. */
  clear: () => void;
}

/** While a search cannot be parsed, rows stay that it would leave out. */
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
