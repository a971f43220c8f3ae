import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { AttemptLog, AttemptRow } from '~/live/attempt-log';
import { formatCount, formatMicros } from './format';
import { OutcomeTag } from './outcome-look';

export interface RequestLogProps {
  /** Names the list to people who do not see which column it is in. */
  label: string;
  id: string;
  log: AttemptLog;
  /** Rows from this sequence number on are not shown yet. */
  end: number;
  outcome: number | null;
  selected: number | null;
  /** Keeps the newest row in view until the reader scrolls away. */
  follow: boolean;
  onSelect: (seq: number) => void;
}

const ROW_HEIGHT = 28;
const COLUMNS =
  'whitespace-nowrap grid grid-cols-[3.5rem_1fr_1fr_1.6fr_3.5rem] items-center gap-2 sm:gap-4 px-4';

/** Every request of a lane as a virtual list: only rows in view exist. Arrow keys move, Enter shows the steps. */
export function RequestLog({
  label,
  id,
  log,
  end,
  outcome,
  selected,
  follow,
  onSelect,
}: RequestLogProps): ReactElement {
  const rows = useMemo(() => log.select(outcome, end), [log, outcome, end]);
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const atEnd = useRef(true);
  useEffect(() => {
    if (follow && atEnd.current && rows.length > 0) list.scrollToIndex(rows.length - 1);
  }, [follow, list, rows.length]);

  const drawn = list.getVirtualItems();
  const current = Math.min(active, rows.length - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step !== undefined) {
      const next = Math.max(0, Math.min(rows.length - 1, current + step));
      setActive(next);
      list.scrollToIndex(next);
    } else if (event.key === 'Enter' || event.key === ' ') onSelect(rows.seqAt(current));
    else return;
    event.preventDefault();
  };

  if (rows.length === 0) {
    return <p className="grid h-72 place-items-center text-[0.8125rem] text-ink-3">No requests</p>;
  }
  return (
    <>
      <div className={`${COLUMNS} border-y border-line bg-sunken py-1 text-xs text-ink-3`} aria-hidden>
        <span>attempt</span>
        <span className="text-right">sent at</span>
        <span className="text-right">took</span>
        <span>outcome</span>
        <span className="text-right">left</span>
      </div>
      <div
        ref={box}
        role="listbox"
        tabIndex={0}
        aria-label={label}
        aria-activedescendant={drawn.some(({ index }) => index === current) ? `${id}-${current}` : undefined}
        onKeyDown={onKeyDown}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          atEnd.current = scrollHeight - scrollTop - clientHeight < ROW_HEIGHT * 2;
        }}
        className="h-72 overflow-auto overscroll-contain outline-offset-[-2px]"
      >
        <div role="presentation" className="relative" style={{ height: list.getTotalSize() }}>
          {drawn.map(({ index, start }) => {
            const row = log.row(rows.seqAt(index));
            return (
              row && (
                <div
                  key={index}
                  id={`${id}-${index}`}
                  role="option"
                  aria-selected={row.seq === selected}
                  aria-setsize={rows.length}
                  aria-posinset={index + 1}
                  onClick={() => {
                    setActive(index);
                    onSelect(row.seq);
                  }}
                  className={`${COLUMNS} absolute inset-x-0 h-7 cursor-pointer text-[0.8125rem] ${row.seq === selected ? 'bg-hover font-semibold' : 'hover:bg-hover'} ${index === current ? 'in-focus-visible:outline-1 in-focus-visible:outline-offset-[-1px]' : ''}`}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <Row row={row} />
                </div>
              )
            );
          })}
        </div>
      </div>
    </>
  );
}

const STEPS: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

function Row({ row }: { row: AttemptRow }): ReactElement {
  return (
    <>
      <span className="text-ink-3">#{row.n}</span>
      <span className="text-right text-ink-2">{formatMicros(row.call)}</span>
      <span className="text-right">{formatMicros(row.took)}</span>
      <OutcomeTag code={row.outcome} />
      <span className={`text-right ${(row.remaining ?? 0) < 0 ? 'font-semibold text-unsafe-ink' : ''}`}>
        {row.remaining === null ? '–' : formatCount(row.remaining)}
      </span>
    </>
  );
}
