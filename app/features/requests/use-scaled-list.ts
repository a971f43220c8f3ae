import { useCallback, useEffect, useState, type RefObject } from 'react';
import { listHeight, ROW_HEIGHT, scrollTopToShow, visibleRows } from './scaled-list';

/** A list of equally tall rows of which only those in view exist. */
export interface ScaledList {
  /** Of the element that holds the rows, px. */
  height: number;
  /** Rows from `first` up to, not including, `end`. */
  first: number;
  end: number;
  /** Position of a row in that element, px. */
  topOf: (index: number) => number;
  onScroll: () => void;
  scrollTo: (index: number) => void;
  /** Whether the box showed the end of the list when it was last scrolled. */
  isAtEnd: () => boolean;
}

/** Follows a scrolling box. With any number of rows, it stays within the height that browsers can lay out. */
export function useScaledList(box: RefObject<HTMLElement>, count: number): ScaledList {
  const [place, setPlace] = useState({ scrollTop: 0, viewport: ROW_HEIGHT * 10 });
  const isEmpty = count === 0;
  const look = useCallback(() => {
    const element = box.current;
    if (element) setPlace({ scrollTop: element.scrollTop, viewport: element.clientHeight });
  }, [box]);
  useEffect(() => {
    const element = box.current;
    if (isEmpty || !element) return;
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [box, look, isEmpty]);

  const scrollTo = useCallback(
    (index: number) => {
      const element = box.current;
      if (!element) return;
      const now = { scrollTop: element.scrollTop, viewport: element.clientHeight, count };
      element.scrollTop = scrollTopToShow(index, now);
      look();
    },
    [box, count, look],
  );
  const isAtEnd = useCallback(() => {
    const element = box.current;
    return !element || element.scrollHeight - element.scrollTop - element.clientHeight < ROW_HEIGHT * 2;
  }, [box]);
  const { first, end, top } = visibleRows({ ...place, count });
  return {
    height: listHeight(count),
    first,
    end,
    topOf: (index) => top + index * ROW_HEIGHT,
    onScroll: look,
    scrollTo,
    isAtEnd,
  };
}
