import { useCallback, useEffect, useRef, useState, type PointerEvent, type RefObject } from 'react';
import { fitView, panBy, zoomAt, type TimeView } from './time-view';

/** The part of the collision that is in view, and how pointers change it. */
export interface TimelineView {
  view: TimeView;
  setView: (change: (view: TimeView) => TimeView) => void;
  pointers: {
    onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    /** Returns whether that was a tap: nothing was moved, and there was no other finger. */
    onPointerUp: (event: PointerEvent<HTMLElement>) => boolean;
    onPointerCancel: (event: PointerEvent<HTMLElement>) => void;
  };
}

/** One notch of a wheel zooms by about a fifth. */
const WHEEL_ZOOM = 0.002;
/** A finger that lies still moves about this much. */
const TAP_PX = 6;

/**
 * Drag pans, two fingers pinch, and the wheel zooms at the pointer. With Ctrl (which a touchpad pinch sends) the wheel
 * always zooms, without it only while the picture has the focus, so that it does not catch a reader who scrolls past.
 *
 * @param plot the picture's plot in its element, px
 */
export function useTimelineView(
  box: RefObject<HTMLElement>,
  spanMs: number,
  plot: { left: number; right: number },
): TimelineView {
  const [view, setView] = useState(() => fitView(spanMs));
  const held = useRef(new Map<number, number>());
  const tap = useRef<{ x: number; y: number } | null>(null);
  const perPx = (view.to - view.from) / (plot.right - plot.left);
  const { left, right } = plot;

  const zoomAtPx = useCallback(
    (px: number, factor: number) =>
      setView((now) => {
        const at = now.from + ((px - left) / (right - left)) * (now.to - now.from);
        return zoomAt(now, factor, at, spanMs);
      }),
    [left, right, spanMs],
  );
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!event.ctrlKey && !event.metaKey && !isSideways && !element.contains(document.activeElement))
        return;
      event.preventDefault();
      if (isSideways) {
        setView((now) => panBy(now, (event.deltaX * (now.to - now.from)) / (right - left), spanMs));
      } else
        zoomAtPx(
          event.clientX - element.getBoundingClientRect().left,
          2 ** (-event.deltaY * WHEEL_ZOOM * 1.4),
        );
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [box, left, right, spanMs, zoomAtPx]);

  const letGo = ({ pointerId }: PointerEvent<HTMLElement>) => void held.current.delete(pointerId);
  return {
    view,
    setView,
    pointers: {
      onPointerDown: (event) => {
        tap.current = held.current.size === 0 ? { x: event.clientX, y: event.clientY } : null;
        held.current.set(event.pointerId, event.clientX);
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onPointerMove: ({ pointerId, clientX, currentTarget }) => {
        const before = held.current.get(pointerId);
        if (before === undefined) return;
        const other = [...held.current].find(([id]) => id !== pointerId)?.[1];
        held.current.set(pointerId, clientX);
        if (other === undefined) return setView((now) => panBy(now, (before - clientX) * perPx, spanMs));
        const apart = Math.max(1, Math.abs(clientX - other)) / Math.max(1, Math.abs(before - other));
        zoomAtPx((clientX + other) / 2 - currentTarget.getBoundingClientRect().left, apart);
      },
      onPointerUp: (event) => {
        letGo(event);
        const down = tap.current;
        tap.current = null;
        return down !== null && Math.hypot(event.clientX - down.x, event.clientY - down.y) <= TAP_PX;
      },
      onPointerCancel: letGo,
    },
  };
}
