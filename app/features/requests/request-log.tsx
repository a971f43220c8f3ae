import {
  useEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type MutableRefObject,
  type ReactElement,
} from 'react';
import { LETTERS } from '~/features/collision/letters';
import type { AttemptLog, AttemptRow, RowSelection } from '~/live/attempt-log';
import { formatCount, formatMicros } from '~/ui/format';
import { OutcomeTag } from '~/ui/lane/outcome-style';
import { useScaledList } from './use-scaled-list';

export interface RequestLogProps {
  /** The accessible name of the list, for readers who do not see its column. */
  label: string;
  id: string;
  log: AttemptLog;
  rows: RowSelection;
  selected: number | null;
  /** Sequence numbers of highlighted rows, by letters; the list scrolls to the first of them. */
  marked: readonly number[];
  /** The marks that were scrolled to last, in any of the lists. */
  pointedOut: MutableRefObject<readonly number[]>;
  /** Keeps the newest row in view until the reader scrolls away. */
  follow: boolean;
  onSelect: (seq: number) => void;
}

const COLUMNS =
  'whitespace-nowrap grid grid-cols-[3.5rem_1fr_1fr_1.6fr_3.5rem] items-center gap-2 sm:gap-4 px-4';

/** Every request of a lane as a virtual list: only rows in view exist. Arrow keys move, Enter shows the steps. */
export function RequestLog({
  label,
  id,
  log,
  rows,
  selected,
  marked,
  pointedOut,
  follow,
  onSelect,
}: RequestLogProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const list = useScaledList(box, rows.length);
  const { scrollTo } = list;
  const atEnd = useRef(true);
  useEffect(() => {
    if (follow && atEnd.current && rows.length > 0) scrollTo(rows.length - 1);
  }, [follow, scrollTo, rows.length]);
  useEffect(() => {
    if (marked === pointedOut.current || marked[0] === undefined) return;
    const index = indexOf(rows, marked[0]);
    // a page that has just opened has the evidence before the rows
    if (index === -1) return;
    pointedOut.current = marked;
    atEnd.current = false;
    scrollTo(index);
    box.current?.focus({ preventScroll: true });
  }, [marked, pointedOut, rows, scrollTo]);

  const drawn = Array.from({ length: Math.max(0, list.end - list.first) }, (_, i) => list.first + i);
  const current = Math.min(active, rows.length - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step !== undefined) {
      const next = Math.max(0, Math.min(rows.length - 1, current + step));
      setActive(next);
      scrollTo(next);
    } else if (event.key === 'Enter' || event.key === ' ') onSelect(rows.seqAt(current));
    else return;
    event.preventDefault();
  };

  if (rows.length === 0) {
    return <p className="grid h-72 place-items-center text-[0.8125rem] text-ink-3">No requests</p>;
  }
  return (
    <>
      {rows.length > list.end - list.first && (
        <p className="hidden px-4 pb-2 text-xs text-ink-3 print:block">
          Only the rows in view are printed, of {formatCount(rows.length)}. The exported history has all of
          them.
        </p>
      )}
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
        aria-activedescendant={drawn.includes(current) ? `${id}-${current}` : undefined}
        onKeyDown={onKeyDown}
        onScroll={() => {
          atEnd.current = list.isAtEnd();
          list.onScroll();
        }}
        className="relative h-72 overflow-auto overscroll-contain outline-offset-[-2px]"
      >
        <div role="presentation" className="relative" style={{ height: list.height }}>
          {drawn.map((index) => {
            const row = log.row(rows.seqAt(index));
            return (
              row && (
                <div
                  key={index}
                  id={`${id}-${index}`}
                  role="option"
                  aria-selected={row.seq === selected || marked.includes(row.seq)}
                  aria-setsize={rows.length}
                  aria-posinset={index + 1}
                  onClick={() => {
                    setActive(index);
                    onSelect(row.seq);
                  }}
                  className={`${COLUMNS} absolute inset-x-0 h-7 cursor-pointer text-[0.8125rem] ${row.seq === selected || marked.includes(row.seq) ? 'bg-hover font-semibold' : 'hover:bg-hover'} ${index === current ? 'in-focus-visible:outline-1 in-focus-visible:outline-offset-[-1px]' : ''}`}
                  style={{ transform: `translateY(${list.topOf(index)}px)` }}
                >
                  <Row row={row} letter={LETTERS[marked.indexOf(row.seq)]} />
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

/** Index of a sequence number among the rows, which rise; -1 when it is not among them. */
function indexOf(rows: RowSelection, seq: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows.seqAt(middle) < seq) low = middle + 1;
    else high = middle;
  }
  return low < rows.length && rows.seqAt(low) === seq ? low : -1;
}

function Row({ row, letter }: { row: AttemptRow; letter: string | undefined }): ReactElement {
  return (
    <>
      <span className="text-ink-3">
        {letter !== undefined && <strong className="mr-1 font-bold text-unsafe-ink">{letter}</strong>}#{row.n}
      </span>
      <span className="text-right text-ink-2">{formatMicros(row.call)}</span>
      <span className="text-right">{formatMicros(row.took)}</span>
      <OutcomeTag code={row.outcome} />
      <span className={`text-right ${(row.remaining ?? 0) < 0 ? 'font-semibold text-unsafe-ink' : ''}`}>
        {row.remaining === null ? '–' : formatCount(row.remaining)}
      </span>
    </>
  );
}
