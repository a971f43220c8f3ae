/**
 * A proxy that speaks Redis's protocols, RESP2 and RESP3, and can hold what passes. It has no policy: which command may
 * go on, and when, is its owner's to say.
 *
 * Each client has an upstream connection of its own. While the proxy does not hold, bytes pass as they come. While it
 * holds, the owner hears of each command of a connection, one at a time (`held`), releases it, hears of its reply
 * (`replied`), and delivers that. Commands inside MULTI pass by themselves, and EXEC is held; messages of channels,
 * pushes and confirmations of subscriptions pass.
 */
import { createServer, type AddressInfo } from 'node:net';
import { Connection, type WireHooks } from './connection';
import { ScriptTexts } from './script-texts';
import { connectUpstream, fetchCommandTable } from './upstream';

export type { CommandState, CommandTimes, RedisCommand, RedisReply } from './command';
export type { CommandTraits } from './command-table';
export type { Connection, WireHooks } from './connection';
export type { KeyUse } from './key-specs';
export type { RespValue } from './resp-value';

export interface RedisProxyOptions {
  /** `redis://` or `rediss://`. User and password serve to ask which commands there are; clients send their own. */
  readonly upstream: string;
  readonly hooks?: WireHooks;
  /**
   * How many bytes of one command, and of one reply, are kept: 64 MiB. A longer one is held and delivered all the same,
   * by its beginning, and its rest passes then.
   */
  readonly limitBytes?: number;
}

export interface RedisProxy {
  /** Of 127.0.0.1. */
  readonly port: number;
  /** The upstream's address by way of the proxy. */
  readonly url: string;
  readonly connections: ReadonlySet<Connection>;
  /** Whether commands are held. Off at first. A connection changes over once nothing of it is under way. */
  readonly hold: (isHolding: boolean) => void;
  /** Breaks every connection. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a proxy on a free port of the loopback interface.
 *
 * @throws Error if the upstream cannot be reached, or does not say which commands it has
 */
export async function startRedisProxy(options: RedisProxyOptions): Promise<RedisProxy> {
  const { hooks = {}, limitBytes = 64 << 20 } = options;
  const upstream = new URL(options.upstream);
  const connections = new Set<Connection>();
  let isHolding = false;
  let lastId = 0;

  const context = {
    hooks,
    isHolding: () => isHolding,
    table: await fetchCommandTable(upstream),
    scripts: new ScriptTexts(),
    limitBytes,
    closed: (connection: Connection) => connections.delete(connection),
  };
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const connection = new Connection((lastId += 1), client, connectUpstream(upstream), context);
    connections.add(connection);
    hooks.opened?.(connection);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = listener.address() as AddressInfo;
  return {
    port,
    url: addressOf(upstream, port),
    connections,
    hold: (holds) => {
      isHolding = holds;
    },
    close: async () => {
      const closed = new Promise((resolve) => listener.close(resolve));
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
}

function addressOf(upstream: URL, port: number): string {
  const address = new URL(upstream.href.replace(/^rediss:/, 'redis:'));
  address.host = `127.0.0.1:${port}`;
  return address.href;
}
