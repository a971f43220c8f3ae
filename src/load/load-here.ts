import type { ShardEvents } from './attempt-runner';
import type { Load } from './load-threads';
import type { Shard } from './shard';

/** A load in this thread, where the purchases are served too: the buyers of `direct` cannot be anywhere else. */
export function openLoadHere(shard: Shard, events: ShardEvents): Load {
  return {
    run: () => shard.run(events),
    stop: () => shard.stop(),
    kill: () => shard.kill(),
    close: async () => shard.close(),
  };
}
