import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import { toTarget } from './target';
import type { Target } from './target';

/** An address that no load may be sent to. The message says why, and what may be done about it. */
export class TargetNotAllowedError extends Error {
  override readonly name = 'TargetNotAllowedError';
}

export interface TargetRule {
  /** Somebody who may do so has said that load may leave this machine. */
  allowRemote?: boolean;
  /** An address beyond loopback that this server listens on itself, because `HOST` says so. */
  ownHost?: string;
}

/**
 * Where purchases to an address are sent: its name is looked up once, so that all buyers reach the same machine however
 * often the name changes. Load is for loopback only, unless more is allowed: a load generator that can be pointed anywhere
 * is a weapon, and what listens on this machine's other addresses may be a way to somebody else.
 *
 * @throws TargetNotAllowedError when the address, or one that its name stands for, is beyond loopback; Error when it is
 * none that purchases can be sent to, or its name is unknown
 */
export async function resolveTarget(
  address: string,
  { allowRemote = false, ownHost }: TargetRule,
): Promise<Target> {
  const target = toTarget(address);
  const found = await lookup(target.host, { all: true }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${target.origin} cannot be found: ${reason}`);
  });
  const [first] = found;
  if (!first) throw new Error(`${target.origin} cannot be found`);
  const remote = found.find((one) => !isLoopback(one.address) && one.address !== ownHost);
  if (remote && !allowRemote)
    throw new TargetNotAllowedError(
      `${target.origin} is ${remote.address}, which is not loopback: load is sent there only when that is allowed explicitly`,
    );
  return { ...target, host: first.address };
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(address: string): boolean {
  // a BlockList finds IPv4 addresses that are written as IPv6 by their IPv4 rules
  return LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
