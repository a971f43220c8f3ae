import { useEffect, useMemo, useState } from 'react';
import type { AttemptLog, RowFilter, RowSelection } from '~/live/attempt-log';
import { LogFilter } from '~/live/log-filter';
import { isEmptyQuery } from '~/live/log-query';

/** Rows of a lane that pass the filter. */
export interface FilteredRows {
  rows: RowSelection;
  /** Share of the log that has been searched, 0 to 1; null when all of it was. */
  progress: number | null;
}

/** Time a slice of a search may take: half of a frame at 60 Hz. */
const SLICE_MS = 8;

/** Filters a log up to row `end`, in slices between frames where a search has to look at every row. */
export function useFilteredRows(log: AttemptLog, end: number, { outcome, query }: RowFilter): FilteredRows {
  const search = useMemo(
    () => (isEmptyQuery(query) ? null : new LogFilter(log, { outcome, query })),
    [log, outcome, query],
  );
  const [searched, setSearched] = useState<{ by: LogFilter; next: number } | null>(null);
  useEffect(() => {
    if (!search) return;
    let timer: ReturnType<typeof setTimeout>;
    const goOn = () => {
      const isDone = search.advance(end, SLICE_MS);
      setSearched({ by: search, next: search.next });
      if (!isDone) timer = setTimeout(goOn);
    };
    timer = setTimeout(goOn);
    return () => clearTimeout(timer);
  }, [search, end]);

  const next = search && searched?.by === search ? searched.next : 0;
  const rows = useMemo(
    () => (search ? search.select(Math.min(end, next)) : log.select(outcome, end)),
    [search, next, log, outcome, end],
  );
  const all = end - log.first;
  const isDone = !search || next >= end;
  return { rows, progress: isDone || all === 0 ? null : Math.max(0, next - log.first) / all };
}
