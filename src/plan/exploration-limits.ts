/** Seeds are 31 bits wide. */
export const MAX_SEED = 2_147_483_647;
/** The most schedules that an exploration may be allowed to run. */
export const MAX_SCHEDULES = 100_000;
