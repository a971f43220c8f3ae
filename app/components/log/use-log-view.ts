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
  const parsed = useMemo(() => parseSearch(text), [text]);
  const filter = useMemo(() => ({ outcome, query: parsed.ok ? parsed.query : {} }), [outcome, parsed]);
  const show = useCallback((rows: MarkedRows | null) => {
    setOutcome(null);
    setText('');
    setMarked(rows);
  }, []);
  const clear = useCallback(() => show(null), [show]);
  return useMemo(
    () => ({ filter, text, parsed, marked, setOutcome, setText, mark: show, clear }),
    [filter, text, parsed, marked, show, clear],
  );
}
