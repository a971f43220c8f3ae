/** Runs a program to its end, and returns what it printed. */
export type Run = (command: string, args: string[]) => Promise<{ code: number; output: string }>;

export class RedisFetchError extends Error {}
export function fetchRedisServer(parent: string, run?: Run): Promise<string>;
export function forgetPrograms(status: string): string;
