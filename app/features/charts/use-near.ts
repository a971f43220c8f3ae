import { useEffect, useState, type RefObject } from 'react';

/** How far from the window a chart is made ready: most of a screen, so that scrolling meets finished ones. */
const MARGIN = '700px';

/** Whether an element is in or near the window. False on the server and at first. */
export function useNear(box: RefObject<HTMLElement>): boolean {
  const [isNear, setIsNear] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watcher = new IntersectionObserver(
      (entries) => setIsNear(entries.at(-1)?.isIntersecting ?? false),
      { rootMargin: MARGIN },
    );
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [box]);
  return isNear;
}
