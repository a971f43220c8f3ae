import { useEffect, useSyncExternalStore } from 'react';

type ChunkState<T> = { status: 'waiting' | 'loading' | 'failed' } | { status: 'loaded'; module: T };

/**
 * Code that the build puts into a separate file. The page works without it until it has loaded. A file that failed to
 * load is not fetched again: browsers keep that failure for as long as the page lives, for all that the file imports too.
 */
export interface Chunk<T> {
  state: () => ChunkState<T>;
  subscribe: (listener: () => void) => () => void;
  /** Fetches the file, the first time. Never rejects. */
  load: () => Promise<void>;
}

export function createChunk<T>(fetchModule: () => Promise<T>): Chunk<T> {
  const listeners = new Set<() => void>();
  let state: ChunkState<T> = { status: 'waiting' };
  const enter = (next: ChunkState<T>) => {
    state = next;
    for (const listener of listeners) listener();
  };
  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    load: async () => {
      if (state.status !== 'waiting') return;
      enter({ status: 'loading' });
      try {
        enter({ status: 'loaded', module: await fetchModule() });
      } catch {
        enter({ status: 'failed' });
      }
    },
  };
}

const WAITING = { status: 'waiting' } as const;

/** The chunk's module once it is loaded, null before. */
export function useChunk<T>(chunk: Chunk<T>): { module: T | null; failed: boolean } {
  const state = useSyncExternalStore<ChunkState<T>>(chunk.subscribe, chunk.state, () => WAITING);
  useEffect(() => {
    void chunk.load();
  }, [chunk]);
  return {
    module: state.status === 'loaded' ? state.module : null,
    failed: state.status === 'failed',
  };
}
