/** Items that the lab sells itself: of lanes, `race.<id>.<lane>`, and of schedules, `explored-<prefix>.<n>.<item>`. */
const LANE_ITEM = /^race\.([0-9a-z]{10})\.\d+$/;
const SCHEDULE_ITEM = /^explored-[0-9a-z]{8}\./;

/** Whether an item belongs to a race or an exploration. Its rows are evidence, so nothing from outside may write them. */
export function isLabItem(sku: string): boolean {
  return LANE_ITEM.test(sku) || SCHEDULE_ITEM.test(sku);
}

/**
 * Whether a purchase may take from an item. A lane's item is for its race's load generator, whose attempts are named
 * after the race; a schedule's is for attempts that never come over HTTP.
 */
export function maySell({ sku, attemptId }: { sku: string; attemptId?: string | undefined }): boolean {
  const race = LANE_ITEM.exec(sku)?.[1];
  if (race !== undefined) return attemptId?.startsWith(`${race}.`) ?? false;
  return !SCHEDULE_ITEM.test(sku);
}

export const LAB_ITEM = {
  code: 'lab-item',
  message: 'This item belongs to a race or an exploration, and its rows are the evidence. Use another sku.',
};
