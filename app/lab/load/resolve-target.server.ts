import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { toTarget } from './target';
import type { Target } from './target';

/** An address that no load may be sent to. The message says why, and what may be done about it. */
export class TargetNotAllowedError extends Error {
  override readonly name = 'TargetNotAllowedError';
}

export interface TargetRule {
  /** Somebody who may do so has said that load may leave this machine. */
  allowRemote?: boolean;
}

/**
 * Where purchases to an address are sent: its name is looked up once, so that all buyers reach the same machine however
 * often the name changes. Load is for this machine only, unless it is allowed to leave it: a load generator that can
 * be pointed anywhere is a weapon.
 *
 * @throws TargetNotAllowedError when the address, or one that its name stands for, is beyond this machine; Error when
 * it is none that purchases can be sent to, or its name is unknown
 */
export async function resolveTarget(address: string, { allowRemote = false }: TargetRule): Promise<Target> {
  const target = toTarget(address);
  const found = await lookup(target.host, { all: true }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${target.origin} cannot be found: ${reason}`);
  });
  const [first] = found;
  if (!first) throw new Error(`${target.origin} cannot be found`);
  const remote = found.find((one) => !isHere(one.address));
  if (remote && !allowRemote)
    throw new TargetNotAllowedError(
      `${target.origin} is ${remote.address}, which is not this machine: load is sent there only when that is allowed explicitly`,
    );
  return { ...target, host: first.address };
}

/** Loopback, or an address of this machine's own. */
function isHere(address: string): boolean {
  const here = new BlockList();
  here.addSubnet('127.0.0.0', 8, 'ipv4');
  here.addAddress('::1', 'ipv6');
  for (const own of Object.values(networkInterfaces()).flatMap((list) => list ?? []))
    here.addAddress(own.address.replace(/%.*$/, ''), own.family === 'IPv6' ? 'ipv6' : 'ipv4');
  // a BlockList finds IPv4 addresses that are written as IPv6 by their IPv4 rules
  return here.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
