export interface ProcessIdentity {
  pid: number;
  startedAt?: string | undefined;
}
export type LockResult =
  { taken: true; stale: boolean } | { taken: false; owner: ProcessIdentity | undefined };

export function processStartedAt(pid: number): string | undefined;
export function describeProcess(pid?: number): ProcessIdentity;
export function isAlive(owner: ProcessIdentity | undefined): boolean;
export function readOwner(path: string): ProcessIdentity | undefined;
export function takeLock(path: string): LockResult;
export function releaseLock(path: string): void;
