/** How a command ended, for scripts. */
export const EXIT = { pass: 0, internal: 1, usage: 2, violated: 10, inconclusive: 12 } as const;
