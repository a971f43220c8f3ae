import type { StepCategory } from '../collision-model';
import { LETTERS } from '../letters';
import type { Palette } from './palette';
import type { StepBox, TimelineLayout } from './timeline-layout';

export const TIMELINE_FONT = '500 12px ui-sans-serif, system-ui, sans-serif';
const SMALL_FONT = '11px ui-sans-serif, system-ui, sans-serif';

/** Draws a laid-out collision. The context is scaled to the screen's pixels already. */
export function drawTimeline(
  draw: CanvasRenderingContext2D,
  layout: TimelineLayout,
  palette: Palette,
  active: number,
): void {
  draw.clearRect(0, 0, layout.width, layout.height);
  draw.textBaseline = 'middle';
  drawRuler(draw, layout, palette);
  layout.lanes.forEach(({ y, from, to }, who) => {
    draw.fillStyle = palette.ink;
    draw.font = '600 14px ui-sans-serif, system-ui, sans-serif';
    draw.textAlign = 'left';
    draw.fillText(LETTERS[who] ?? '', 4, y);
    line(draw, from, y, to, y, palette.edge);
  });
  drawStory(draw, layout, palette);
  for (const box of layout.boxes) drawStep(draw, box, palette, box.beat === active);
  drawNames(draw, layout, palette);
  drawValues(draw, layout, palette);
  drawPins(draw, layout, palette);
}

function drawRuler(draw: CanvasRenderingContext2D, layout: TimelineLayout, palette: Palette): void {
  const { ticks, rulerY, left, right } = layout;
  line(draw, left, rulerY + 0.5, right, rulerY + 0.5, palette.line);
  draw.font = SMALL_FONT;
  for (const { x, label } of ticks) {
    line(draw, x, 8, x, rulerY + 4, palette.line);
    const half = draw.measureText(label).width / 2;
    draw.fillStyle = palette.ink3;
    draw.textAlign = 'center';
    draw.fillText(label, Math.min(right - half, Math.max(left + half, x)), rulerY + 14);
  }
}

/** Draws the line from the stale read over the other's write to the write that follows from the stale read. */
function drawStory(draw: CanvasRenderingContext2D, { pins }: TimelineLayout, palette: Palette): void {
  draw.save();
  draw.setLineDash([4, 3]);
  pins.slice(1).forEach((pin, i) => {
    const before = pins[i];
    if (before && pin.number === before.number + 1)
      line(draw, before.x, before.y, pin.x, pin.y, palette.unsafe, 1.5);
  });
  draw.restore();
}

function drawStep(draw: CanvasRenderingContext2D, box: StepBox, palette: Palette, isActive: boolean): void {
  const { x, y, width, height } = box;
  draw.beginPath();
  draw.roundRect(x, y, width, height, Math.min(3, width / 2));
  draw.fillStyle = palette.surface;
  draw.fill();
  fillStep(draw, box, palette);
  if (!isActive) return;
  draw.beginPath();
  draw.roundRect(x - 3, y - 3, width + 6, height + 6, 5);
  draw.strokeStyle = palette.focus;
  draw.lineWidth = 2;
  draw.stroke();
}

/** Steps differ by fill, so that no colour is needed: hollow reads, solid writes, striped locks. */
function fillStep(draw: CanvasRenderingContext2D, box: StepBox, palette: Palette): void {
  draw.fillStyle = fillOf(box.category, palette);
  draw.fill();
  if (box.category === 'lock') stripe(draw, box, palette);
  draw.beginPath();
  draw.roundRect(box.x + 0.5, box.y + 0.5, Math.max(1, box.width - 1), box.height - 1, 3);
  draw.strokeStyle = box.category === 'read' || box.category === 'write' ? palette.ink : palette.edge;
  draw.lineWidth = box.category === 'read' ? 1.5 : 1;
  draw.stroke();
}

function fillOf(category: StepCategory, palette: Palette): string {
  switch (category) {
    case 'write':
      return palette.ink;
    case 'think':
      return palette.hover;
    case 'other':
      return palette.edge;
    default:
      return palette.surface;
  }
}

function stripe(draw: CanvasRenderingContext2D, { x, y, width, height }: StepBox, palette: Palette): void {
  draw.save();
  draw.beginPath();
  draw.rect(x, y, width, height);
  draw.clip();
  for (let at = x - height; at < x + width; at += 5)
    line(draw, at, y + height, at + height, y, palette.ink3, 1.5);
  draw.restore();
}

function drawNames(draw: CanvasRenderingContext2D, { names }: TimelineLayout, palette: Palette): void {
  draw.font = TIMELINE_FONT;
  draw.textAlign = 'center';
  for (const { text, category, x, y, width } of names) {
    if (category === 'lock' || category === 'other') {
      // text is not legible on stripes or on grey
      draw.beginPath();
      draw.roundRect(x - width / 2 + 2, y - 8, width - 4, 16, 3);
      draw.fillStyle = palette.surface;
      draw.fill();
    }
    draw.fillStyle = category === 'write' ? palette.surface : palette.ink;
    draw.fillText(text, x, y + 0.5);
  }
}

function drawValues(draw: CanvasRenderingContext2D, { values }: TimelineLayout, palette: Palette): void {
  draw.font = TIMELINE_FONT;
  draw.textAlign = 'left';
  for (const { text, x, y, width, isGone } of values) {
    draw.beginPath();
    draw.roundRect(x, y - 9, width, 18, 4);
    draw.fillStyle = palette.hover;
    draw.fill();
    draw.fillStyle = isGone ? palette.unsafeInk : palette.ink;
    draw.fillText(text, x + 5, y + 0.5);
    if (isGone) line(draw, x + 3, y, x + width - 3, y, palette.unsafe, 2);
  }
}

function drawPins(draw: CanvasRenderingContext2D, { pins }: TimelineLayout, palette: Palette): void {
  draw.font = '700 11px ui-sans-serif, system-ui, sans-serif';
  draw.textAlign = 'center';
  for (const { number, x, y } of pins) {
    draw.beginPath();
    draw.arc(x, y, 8, 0, 2 * Math.PI);
    draw.fillStyle = palette.unsafeInk;
    draw.fill();
    draw.fillStyle = palette.surface;
    draw.fillText(String(number), x, y + 0.5);
  }
}

function line(
  draw: CanvasRenderingContext2D,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
  color: string,
  width = 1,
): void {
  draw.beginPath();
  draw.moveTo(fromX, fromY);
  draw.lineTo(toX, toY);
  draw.strokeStyle = color;
  draw.lineWidth = width;
  draw.stroke();
}
