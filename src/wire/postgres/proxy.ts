/**
 * A proxy that speaks PostgreSQL's protocol 3 and can hold what passes. It has no policy: which group of messages may
 * go on, and when, is its owner's to say.
 *
 * Each client has an upstream connection of its own. While the proxy does not hold, bytes pass as they come. While it
 * holds, the messages of a client form groups, one at a time: the owner hears of each (`held`), releases it, hears of
 * its reply (`replied`), and delivers that. Groups that only prepare, describe or close pass by themselves.
 *
 * Authentication passes untouched, so SCRAM works, without channel binding. TLS with clients ends in the proxy. Cancel
 * requests pass, and reach what the server is executing, never a group that is held.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { selfMadeCertificate } from './certificate';
import { Connection } from './connection';
import type { ConnectionContext, WireHooks } from './hooks';
import { makeError } from './messages';
import { connectUpstream, readParameters, readWanted, type Upstream, type Wanted } from './startup';

export type { Connection } from './connection';
export type { WireHooks } from './hooks';
export type { Group, GroupStatement, GroupTimes } from './group';
export type { Column, ErrorFields, TransactionStatus } from './messages';
export type { Reply, Result } from './reply';
export type { Upstream } from './startup';

export interface PostgresProxyOptions {
  readonly upstream: Upstream;
  readonly hooks?: WireHooks;
  /** Whether clients that ask for TLS get it; the default is yes. */
  readonly tls?: boolean;
  /** How many bytes of one group, and of one reply, are kept: 64 MiB. A longer group is refused, a longer reply passes. */
  readonly limitBytes?: number;
}

export interface PostgresProxy {
  /** Of 127.0.0.1. */
  readonly port: number;
  readonly connections: ReadonlySet<Connection>;
  /** Whether groups are held. Off at first. A connection changes over once nothing of it is underway. */
  hold: (isHolding: boolean) => void;
  /** The certificate that TLS clients meet, in PEM: for `sslrootcert`. */
  certificate: () => Promise<string>;
  /** Breaks every connection. */
  close: () => Promise<void>;
}

/** Starts a proxy on a free port of the loopback interface. */
export async function startPostgresProxy(options: PostgresProxyOptions): Promise<PostgresProxy> {
  const { upstream, hooks = {}, tls = true, limitBytes = 64 << 20 } = options;
  const connections = new Set<Connection>();
  const sockets = new Set<Socket>();
  let isHolding = false;
  let lastId = 0;

  const context: ConnectionContext = {
    hooks,
    isHolding: () => isHolding,
    limitBytes,
    closed: (connection) => connections.delete(connection),
  };
  const secureContext = () =>
    tls ? selfMadeCertificate().then((certificate) => createSecureContext(certificate)) : undefined;
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };

  const serve = async (client: Socket): Promise<void> => {
    track(client);
    const wanted = await readWanted(client, secureContext);
    if (!wanted) {
      client.destroy();
      return;
    }
    const server = await connectUpstream(upstream).catch((error: unknown) => refuse(wanted, error));
    if (!server) return;
    track(server);
    track(wanted.socket);
    if (wanted.socket.destroyed) {
      server.destroy();
      return;
    }
    server.write(wanted.packet);
    if (wanted.kind === 'cancel') {
      // the server says nothing, and closes once it has sent the signal
      server.on('close', () => wanted.socket.destroy()).resume();
      wanted.socket.on('close', () => server.destroySoon()).resume();
      return;
    }
    const parameters = readParameters(wanted.packet);
    connections.add(new Connection((lastId += 1), parameters, wanted.socket, server, context));
  };

  const listener = createServer({ noDelay: true }, (client) => {
    serve(client).catch(() => client.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (listener.address() as AddressInfo).port,
    connections,
    hold: (holds) => {
      isHolding = holds;
      for (const connection of connections) connection.chooseMode();
    },
    certificate: async () => (await selfMadeCertificate()).cert,
    close: async () => {
      const closed = new Promise((resolve) => listener.close(resolve));
      for (const connection of connections) connection.destroy();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function refuse({ socket, kind }: Wanted, error: unknown): undefined {
  const why = error instanceof Error && error.message !== '' ? error.message : String(error);
  const message = `the proxy cannot reach PostgreSQL: ${why}`;
  if (kind === 'session') socket.end(makeError({ severity: 'FATAL', code: '08001', message }));
  else socket.destroy();
}
