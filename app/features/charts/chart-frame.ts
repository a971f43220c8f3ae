/**
 * The place of the plot inside a chart, in pixels. The server's sketch and Recharts both use it, so that nothing moves
 * when the chart replaces the sketch.
 */
export interface ChartFrame {
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

// the top has room for the unit of the vertical axis
export const FULL_FRAME: ChartFrame = { height: 208, left: 52, right: 20, top: 26, bottom: 22 };

/** The frame of a chart among many: small multiples are compared by their shapes. */
export const SMALL_FRAME: ChartFrame = { ...FULL_FRAME, height: 138, right: 16 };

/** What Recharts calls the margin: the axes keep their own room at the left and below. */
export function marginOf({ top, right }: ChartFrame): Omit<ChartFrame, 'height'> {
  return { top, right, bottom: 0, left: 0 };
}

/** Styles that Recharts and the sketch share. */
export const OVERSOLD_BAND = { fill: 'var(--color-unsafe)', fillOpacity: 0.06 };
export const LIMIT_WIDTH = 1.25;
export const AREA_OPACITY = 0.55;
export const BAR_OPACITY = 0.85;
