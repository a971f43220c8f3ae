/** Items of the lab itself: of lanes, `race.<id>.<lane>`, and of schedules, `explored-<owner>-<exploration>.<n>.<item>`. */
const LANE_ITEM = /^race\.[0-9a-z]{10}\.\d+$/;
const SCHEDULE_ITEM = /^explored-([0-9a-z]{1,6})-[0-9a-z]{8}\./;
export const SCHEDULE_ITEMS = 'explored-';

/**
 * What the skus of an exploration's items begin with.
 *
 * @param owner the key of the instance that explores
 * @param exploration eight letters and digits
 */
export function scheduleItemPrefix(owner: number, exploration: string): string {
  return `${SCHEDULE_ITEMS}${owner.toString(36)}-${exploration}`;
}

/** The key of the instance that made an item for a schedule; undefined for any other item. */
export function ownerOfScheduleItem(sku: string): number | undefined {
  const key = SCHEDULE_ITEM.exec(sku)?.[1];
  return key === undefined ? undefined : parseInt(key, 36);
}

/** Whether an item belongs to a race or an exploration. Its rows are evidence, so no outside client may write them. */
export function isLabItem(sku: string): boolean {
  return LANE_ITEM.test(sku) || SCHEDULE_ITEM.test(sku);
}

/**
 * The header by which the load generator shows that a purchase is its own. Its value is the server's load key: drawn at
 * the start, known only to the server's own processes and threads, and never logged or returned. The name of an attempt
 * would show nothing, since any client can read it while its race runs.
 */
export const LOAD_KEY_HEADER = 'x-oversell-load';

/**
 * Whether a purchase over HTTP may take from an item. A lane's item is for the load generator alone; a schedule's is
 * for attempts that never come over HTTP.
 */
export function maySell(sku: string, isOwnLoad: () => boolean): boolean {
  if (LANE_ITEM.test(sku)) return isOwnLoad();
  return !SCHEDULE_ITEM.test(sku);
}

export const LAB_ITEM = {
  code: 'lab-item',
  message: 'This item belongs to a race or an exploration, and its rows are the evidence. Use another sku.',
};
