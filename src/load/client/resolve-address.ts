import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import { Connection } from './connection';
import { parseAddress } from './purchase-address';
import type { PurchaseAddress } from './purchase-address';

/** An address that load may not be sent to. The message says why, and what the user can do about it. */
export class AddressNotAllowedError extends Error {
  override readonly name = 'AddressNotAllowedError';
}

export interface AddressRule {
  /** An authorised user has allowed load to leave this machine. */
  allowRemote?: boolean;
  /** An address beyond loopback that this server itself listens on, because `HOST` says so. */
  ownHost?: string;
  /** The load key of the server at that address. */
  loadKey?: string;
}

/**
 * Resolves the address that purchases are sent to. Its name is looked up once, so that all clients reach the same
 * server however often the name changes. Load is for loopback only, unless more is allowed: a load generator that can
 * be pointed anywhere is a weapon, and a service on another address of this machine may forward to another host.
 *
 * @throws AddressNotAllowedError when the address, or one that its name stands for, is beyond loopback; Error when
 * purchases cannot be sent to it, or its name is unknown
 */
export async function resolveAddress(
  url: string,
  { allowRemote = false, ownHost, loadKey }: AddressRule,
): Promise<PurchaseAddress> {
  const address = parseAddress(url, loadKey);
  const found = await lookup(address.host, { all: true }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${address.origin} cannot be found: ${reason}`);
  });
  const remote = found.find((one) => !isLoopback(one.address) && one.address !== ownHost);
  if (remote && !allowRemote)
    throw new AddressNotAllowedError(
      `${address.origin} is ${remote.address}, which is not loopback: load is sent there only when that is allowed explicitly`,
    );
  return chooseHost(
    address,
    found.map((one) => one.address),
  );
}

/**
 * The address at the first of its hosts that accepts a connection: `localhost` stands for one of each kind, and a
 * server may listen on only one of them. When none accepts, the first host, so that the connection attempt reports
 * the failure.
 *
 * @throws Error when there is no host
 */
export async function chooseHost(
  address: PurchaseAddress,
  hosts: readonly string[],
): Promise<PurchaseAddress> {
  const [first, ...others] = hosts.map((host) => ({ ...address, host }));
  if (!first) throw new Error(`${address.origin} cannot be found`);
  if (others.length === 0) return first;
  for (const candidate of [first, ...others]) {
    const connection = await Connection.open(candidate).catch(() => undefined);
    connection?.destroy();
    if (connection) return candidate;
  }
  return first;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(address: string): boolean {
  // a BlockList matches IPv4 addresses written as IPv6 by their IPv4 rules
  return LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
