import { Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import {
  useEffect,
  useMemo,
  useRef,
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
  useState,
  type RefObject,
} from 'react';
import { formatMs } from '@/model/wording';
import { plural } from '~/ui/format';
import type { TimelineStep, Collision } from '../collision-model';
import type { Explanation } from '../explanation';
import { LETTERS } from '../letters';
import { drawTimeline, TIMELINE_FONT } from './draw-timeline';
import { readPalette, watchTheme, type Palette } from './palette';
import { StepKey } from './still-timeline';
import { fitView, panBy, reveal, zoomAt } from './time-view';
import { layOut, stepAt, timelineHeight } from './timeline-layout';
import { useTimelineView } from './use-timeline-view';

export interface CollisionTimelineProps {
  collision: Collision;
  story: Explanation | null;
  /** Index of the selected step. */
  active: number;
  onActive: (beat: number) => void;
}

const ZOOM = 1.6;
/** How far beside a step a tap still selects it. */
const FINGER_PX = 12;

/**
 * The attempts as lanes of steps on one time axis, drawn on canvas. For a keyboard and a screen reader it is a list of
 * the same steps: up and down move through them in time, left and right pan, + - 0 zoom.
 */
export function CollisionTimeline({
  collision,
  story,
  active,
  onActive,
}: CollisionTimelineProps): ReactElement {
  const { beats, lanes, spanMs } = collision;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, palette } = useSurroundings(box);
  const { view, setView, pointers } = useTimelineView(box, spanMs, {
    left: 28,
    right: Math.max(29, width - 8),
  });
  const layout = useMemo(
    () => layOut(collision, story, view, width, measureText),
    [collision, story, view, width],
  );
  useEffect(() => {
    if (canvas.current && palette && width > 0)
      paint(canvas.current, width, layout.height, (draw) => drawTimeline(draw, layout, palette, active));
  }, [layout, palette, active, width]);

  const zoom = (factor: number) => setView((now) => zoomAt(now, factor, (now.from + now.to) / 2, spanMs));
  const walkTo = (index: number) => {
    const to = Math.min(beats.length - 1, Math.max(0, index));
    const beat = beats[to];
    if (!beat) return;
    onActive(to);
    setView((now) => reveal(now, beat.fromMs, beat.toMs, spanMs));
  };
  const pan = (part: number) => setView((now) => panBy(now, part * (now.to - now.from), spanMs));
  const keys: Record<string, () => void> = {
    ArrowDown: () => walkTo(active + 1),
    ArrowUp: () => walkTo(active - 1),
    Home: () => walkTo(0),
    End: () => walkTo(beats.length - 1),
    ArrowLeft: () => pan(-0.1),
    ArrowRight: () => pan(0.1),
    '+': () => zoom(ZOOM),
    '=': () => zoom(ZOOM),
    '-': () => zoom(1 / ZOOM),
    '0': () => setView(() => fitView(spanMs)),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const run = keys[event.key];
    if (!run || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    run();
  };
  const pointAt = ({ currentTarget, clientX, clientY }: PointerEvent<HTMLElement>, reach?: number) => {
    const place = currentTarget.getBoundingClientRect();
    const hit = stepAt(layout, clientX - place.left, clientY - place.top, reach);
    if (hit !== -1) onActive(hit);
  };

  return (
    <div className="flex flex-col gap-1">
      <div
        ref={box}
        {...pointers}
        onPointerMove={(event) => {
          pointers.onPointerMove(event);
          // a step that passes under a finger during a pan is not selected
          if (event.buttons === 0) pointAt(event);
        }}
        onPointerUp={(event) => {
          if (pointers.onPointerUp(event)) pointAt(event, FINGER_PX);
        }}
        className="relative cursor-grab touch-pan-y rounded select-none active:cursor-grabbing"
        style={{ height: timelineHeight(lanes.length) }}
      >
        <canvas
          ref={canvas}
          role="img"
          aria-label={describe(collision)}
          className="absolute inset-0 size-full"
          style={{ width, height: layout.height }}
        />
        <div
          role="listbox"
          tabIndex={0}
          aria-label="Steps on the time axis"
          aria-activedescendant={`beat-${active}`}
          aria-describedby="timeline-help"
          onKeyDown={onKeyDown}
          data-view={`${view.from.toFixed(3)} ${view.to.toFixed(3)}`}
          className="absolute inset-0 rounded"
        >
          {beats.map((beat, i) => (
            <span key={i} id={`beat-${i}`} role="option" aria-selected={i === active} className="sr-only">
              {nameBeat(beat)}
            </span>
          ))}
        </div>
      </div>
      <StepKey beats={beats} />
      <div className="flex flex-wrap items-center justify-between gap-2 print:hidden">
        <p id="timeline-help" className="text-2xs text-ink-3 max-sm:hidden">
          Up and down: the steps in time. Left, right or drag: pan. + − 0, Ctrl and wheel, or pinch: zoom.
        </p>
        <div className="ml-auto flex gap-1">
          <Tool label="Zoom out (-)" Icon={ZoomOut} onClick={() => zoom(1 / ZOOM)} />
          <Tool label="Zoom in (+)" Icon={ZoomIn} onClick={() => zoom(ZOOM)} />
          <Tool label="Show all (0)" Icon={Maximize2} onClick={() => setView(() => fitView(spanMs))} />
        </div>
      </div>
    </div>
  );
}

interface ToolProps {
  label: string;
  Icon: typeof ZoomIn;
  onClick: () => void;
}

function Tool({ label, Icon, onClick }: ToolProps): ReactElement {
  return (
    <button
      type="button"
      className="button size-8 min-h-8 p-0"
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <Icon className="size-4" aria-hidden />
    </button>
  );
}

function nameBeat({ who, name, fromMs, toMs, value }: TimelineStep): string {
  const took = `${formatMs(toMs - fromMs)} from ${formatMs(fromMs)}`;
  return `${LETTERS[who] ?? ''}: ${name}, ${took}${value === null ? '' : `, ${value}`}`;
}

function describe({ lanes, spanMs, beats }: Collision): string {
  const who = lanes.map(({ attemptId }, i) => `${LETTERS[i] ?? ''} is ${attemptId}`).join(', ');
  return `${plural(beats.length, 'step')} over ${formatMs(spanMs)}: ${who}. The table below lists them in order.`;
}

let ruler: CanvasRenderingContext2D | null = null;

/** Width of a value as it is drawn, px. */
function measureText(text: string): number {
  ruler ??= document.createElement('canvas').getContext('2d');
  if (!ruler) return text.length * 7;
  ruler.font = TIMELINE_FONT;
  return ruler.measureText(text).width;
}

/** The width of an element, px, and the colours of its theme; null before it has been drawn. */
function useSurroundings(box: RefObject<HTMLElement>): { width: number; palette: Palette | null } {
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
function paint(
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
