import { useEffect, useState, type RefObject } from 'react';
import { readPalette, watchTheme, type Palette } from './palette';

/** The width of an element, px, and the colours of its theme; null before it has been drawn. */
export function useSurroundings(box: RefObject<HTMLElement>): { width: number; palette: Palette | null } {
  const [width, setWidth] = useState(0);
  const [palette, setPalette] = useState<Palette | null>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const sizes = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    sizes.observe(element);
    const read = () => setPalette(readPalette(element));
    read();
    const unwatch = watchTheme(read);
    return () => {
      sizes.disconnect();
      unwatch();
    };
  }, [box]);
  return { width, palette };
}

/** Sizes a canvas in the screen's own pixels and draws on it in CSS pixels. */
export function paint(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  draw: (context: CanvasRenderingContext2D) => void,
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const ratio = window.devicePixelRatio || 1;
  const [pixelsWide, pixelsHigh] = [Math.round(width * ratio), Math.round(height * ratio)];
  // setting a size clears the canvas, even to the same size
  if (canvas.width !== pixelsWide) canvas.width = pixelsWide;
  if (canvas.height !== pixelsHigh) canvas.height = pixelsHigh;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  draw(context);
}
