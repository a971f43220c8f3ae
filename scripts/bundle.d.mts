export const serverProgram: string;
export function ensureProgram(): Promise<void>;
