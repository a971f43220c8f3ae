/** How long a lease lasts in Redis: longer than any exploration, since the schedule says when it ends. */
const LASTING_S = 24 * 3_600;
const LASTING_MS = LASTING_S * 1_000;

type Options = Record<string, unknown>;

/** Options of SET in both spellings of node-redis: `{ expiration: { type: 'PX', value } }`, and `{ PX: value }`. */
const OLD_EXPIRATIONS = ['EX', 'PX', 'EXAT', 'PXAT'];

/**
 * The arguments of a command, with every time after which a key is to expire so far away that no clock ends a lease.
 * What a script sets is not seen here.
 */
export function lasting(command: string, args: readonly unknown[]): unknown[] {
  const [key, second, third] = args;
  switch (command) {
    case 'set': {
      const options = optionsOf(third);
      if (!hasExpiry(options)) break;
      const { expiration: _new, ...rest } = options;
      const kept = Object.entries(rest).filter(([name]) => !OLD_EXPIRATIONS.includes(name));
      return [key, second, { ...Object.fromEntries(kept), expiration: { type: 'PX', value: LASTING_MS } }];
    }
    case 'getEx':
      return second === 'PERSIST' || optionsOf(second).type === 'PERSIST'
        ? [...args]
        : [key, { type: 'PX', value: LASTING_MS }];
    case 'setEx':
      return [key, LASTING_S, third];
    case 'pSetEx':
      return [key, LASTING_MS, third];
    case 'expire':
      return [key, LASTING_S, ...args.slice(2)];
    case 'pExpire':
      return [key, LASTING_MS, ...args.slice(2)];
    case 'expireAt':
    case 'pExpireAt': {
      const at = Date.now() + LASTING_MS;
      return [key, command === 'expireAt' ? Math.round(at / 1_000) : at, ...args.slice(2)];
    }
  }
  return [...args];
}

/** Whether a command asked for a lock that is taken: SET with NX, or SETNX, that changed nothing. */
export function conditionFailed(command: string, args: readonly unknown[], answer: unknown): boolean {
  if (command === 'setNX') return answer === 0 || answer === false;
  if (command !== 'set' || answer !== null) return false;
  const { condition, NX } = optionsOf(args[2]);
  return condition === 'NX' || NX === true;
}

/** Whether a command that has done what it asks sets a key with a lease. */
export function setsLease(command: string, args: readonly unknown[]): boolean {
  return command === 'setEx' || command === 'pSetEx' || (command === 'set' && hasExpiry(optionsOf(args[2])));
}

const READS = new Set(
  'get mGet exists ttl pTTL strLen hGet hmGet hGetAll sIsMember xRange watch unwatch ping'.split(' '),
);

export function isRead(command: string): boolean {
  return READS.has(command);
}

function optionsOf(value: unknown): Options {
  return typeof value === 'object' && value !== null ? (value as Options) : {};
}

function hasExpiry(options: Options): boolean {
  const { expiration } = options;
  const isKept = expiration === 'KEEPTTL' || optionsOf(expiration).type === 'KEEPTTL';
  return (expiration !== undefined && !isKept) || OLD_EXPIRATIONS.some((name) => options[name] !== undefined);
}
