import { useEffect, useState, type RefObject } from 'react';

/** The width of an element, px; `before` until it is known. */
export function useWidth(box: RefObject<HTMLElement>, before: number): number {
  const [width, setWidth] = useState(before);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const sizes = new ResizeObserver(([entry]) => {
      const now = Math.floor(entry?.contentRect.width ?? 0);
      if (now > 0) setWidth(now);
    });
    sizes.observe(element);
    return () => sizes.disconnect();
  });
  return width;
}
