import { AREA_OPACITY } from './chart-frame';

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
  /** Angle of the stripes of an area, degrees; solid without. */
  hatch?: number | undefined;
}

/** The style of a line, in every drawing of it. */
export function strokeOf({ color, dash, width = 2, opacity = 1 }: ChartColumn): {
  stroke: string;
  strokeDasharray: string | undefined;
  strokeWidth: number;
  strokeOpacity: number;
} {
  return { stroke: color, strokeDasharray: dash, strokeWidth: width, strokeOpacity: opacity };
}

/** The id of the pattern with a column's stripes; see `Hatches`. */
export function hatchId(key: string): string {
  return `hatch-${key}`;
}

/** The fill of an area, in every drawing of it. */
export function fillOf({ key, color, hatch }: ChartColumn): { fill: string; fillOpacity: number } {
  return hatch === undefined
    ? { fill: color, fillOpacity: AREA_OPACITY }
    : { fill: `url(#${hatchId(key)})`, fillOpacity: 1 };
}
