import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import { DatabaseError, errorCode } from './database/database-error';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Refuses a server whose name stands for an address beyond this machine.
 *
 * @param what the server, as the beginning of a sentence, such as `The database 127.0.0.1:5432/shop`
 * @throws DatabaseError `not-loopback`, or `unreachable` for a name that stands for nothing
 */
export async function requireLoopback(host: string, what: string): Promise<void> {
  if (host.startsWith('/')) return; // a socket in the file system
  const found = await lookup(host, { all: true }).catch((error: unknown) => {
    throw new DatabaseError(
      'unreachable',
      `${what}: the server ${host} cannot be found (${errorCode(error)}). Check the address.`,
      { cause: error },
    );
  });
  const remote = found.find((one) => !LOOPBACK.check(one.address, isIPv6(one.address) ? 'ipv6' : 'ipv4'));
  if (!remote) return;
  throw new DatabaseError(
    'not-loopback',
    `${what} is on ${remote.address}, which is not this machine. An exploration overwrites what it holds: ` +
      'use a server on loopback, or allow this one explicitly if it is yours.',
  );
}
