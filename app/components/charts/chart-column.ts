/** A line, area or bar of a chart, as its drawing, legend, sketch and table need it. */
export interface ChartColumn {
  key: string;
  name: string;
  color: string;
  dash?: string | undefined;
  /** Of a line, px. */
  width?: number;
  /** Of a line, 0 to 1. */
  opacity?: number;
}

/** What a line is drawn with, wherever it is drawn. */
export function strokeOf({ color, dash, width = 2, opacity = 1 }: ChartColumn): {
  stroke: string;
  strokeDasharray: string | undefined;
  strokeWidth: number;
  strokeOpacity: number;
} {
  return { stroke: color, strokeDasharray: dash, strokeWidth: width, strokeOpacity: opacity };
}
