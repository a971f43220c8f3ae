import type { ShardEvents } from './attempt-runner';
import type { Load } from './load-threads';
import type { Shard } from './shard';

/** Opens a load in this thread, which also serves the purchases: the clients of `direct` cannot run anywhere else. */
export function openLoadHere(shard: Shard, events: ShardEvents): Load {
  return {
    run: () => shard.run(events),
    stop: () => shard.stop(),
    kill: () => shard.kill(),
    close: async () => shard.close(),
  };
}
