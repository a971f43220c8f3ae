/**
 * The place of the plot inside a chart, in pixels. The server's sketch and Recharts both keep to it, so that nothing
 * moves when the one replaces the other.
 */
export interface ChartFrame {
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

// the top has room for what the vertical axis counts
export const FULL_FRAME: ChartFrame = { height: 208, left: 52, right: 20, top: 26, bottom: 22 };

/** Of a chart that is one of many: small multiples are compared by their shapes. */
export const SMALL_FRAME: ChartFrame = { ...FULL_FRAME, height: 138, right: 16 };

/** What Recharts calls the margin: the axes keep their own room at the left and below. */
export function marginOf({ top, right }: ChartFrame): Omit<ChartFrame, 'height'> {
  return { top, right, bottom: 0, left: 0 };
}

/** Of what charts draw besides their lines, by Recharts and in the sketch alike. */
export const OVERSOLD_BAND = { fill: 'var(--color-unsafe)', fillOpacity: 0.06 };
export const LIMIT_WIDTH = 1.25;
export const AREA_OPACITY = 0.55;
export const BAR_OPACITY = 0.85;
