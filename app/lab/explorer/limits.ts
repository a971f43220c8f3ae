/** Seeds are 31 bits wide. */
export const MAX_SEED = 2_147_483_647;
