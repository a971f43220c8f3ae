/**
 * The place of the plot inside a chart, in pixels. The server's sketch and Recharts both keep to it, so that nothing
 * moves when the one replaces the other.
 */
export const PLOT = { height: 208, left: 52, right: 20, top: 12, bottom: 22 } as const;
