// Runs one way to PostgreSQL in a separate process: the proxy, which passes every group (`passing`) or holds and
// releases each at once (`holding`), or a relay that copies bytes without reading them.
import { connect, createServer, type AddressInfo } from 'node:net';
import { startPostgresProxy } from '@/wire/postgres/proxy';

const { hostname, port } = new URL(process.env.DATABASE_URL ?? '');
const upstream = { host: hostname, port: Number(port || 5432) };

async function startRelay(): Promise<number> {
  const server = createServer({ noDelay: true }, (client) => {
    const socket = connect({ ...upstream, noDelay: true });
    client.on('data', (chunk) => socket.write(chunk));
    socket.on('data', (chunk) => client.write(chunk));
    for (const end of [client, socket]) {
      end.on('error', () => undefined).on('close', () => [client, socket].forEach((each) => each.destroy()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function startWire(isHolding: boolean): Promise<number> {
  const hooks = {
    held: (group: { release: () => void }) => group.release(),
    replied: (group: { deliver: () => void }) => group.deliver(),
  };
  const proxy = await startPostgresProxy({ upstream, hooks });
  proxy.hold(isHolding);
  return proxy.port;
}

const way = process.env.WIRE_WAY;
const listening = way === 'relay' ? await startRelay() : await startWire(way === 'holding');
// the form that the bench waits for
console.log(`http://127.0.0.1:${listening}`);
process.once('SIGTERM', () => process.exit());
