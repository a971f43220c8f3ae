import type { RedisUnderTest } from '@/model/redis-under-test';
import type { Actor } from './actor';
import type { RedisLeases } from './redis-leases';

/** Members of node-redis's client that are not commands. */
const NOT_COMMANDS = new Set<PropertyKey>(
  'on once off emit addListener removeListener duplicate createPool connect close destroy withCommandOptions'.split(
    ' ',
  ),
);

/**
 * The same Redis as one attempt sees it. Every command is recorded with its response, and a lease expires when the
 * schedule says so, not by the clock.
 */
export function tapRedis(redis: RedisUnderTest, actor: Actor, leases: RedisLeases): RedisUnderTest {
  return new Proxy(redis, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function' || NOT_COMMANDS.has(property)) return value;
      const call = value as (...args: unknown[]) => unknown;
      if (property === 'multi') return () => tapMulti(call.call(target) as object, actor);
      return async (...args: unknown[]) => {
        await actor.admit();
        const command = String(property);
        const given = command === 'set' ? withoutLease(args) : args;
        const answered = actor.sentRedis(command, flatten(args));
        try {
          const answer = await call.apply(target, given);
          if (command === 'set') note(args, answer, actor, leases);
          answered(answer);
          return answer;
        } catch (error) {
          answered(undefined, error as Error);
          throw error;
        }
      };
    },
  });
}

/** Records the commands that EXEC sends together. */
function tapMulti(chain: object, actor: Actor): unknown {
  const collected: string[] = [];
  const proxy: unknown = new Proxy(chain, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      const call = value as (...args: unknown[]) => unknown;
      if (!String(property).startsWith('exec')) {
        return (...args: unknown[]) => {
          collected.push(String(property), ...flatten(args));
          call.apply(target, args);
          return proxy;
        };
      }
      return async (...args: unknown[]) => {
        await actor.admit();
        const answered = actor.sentRedis('multi exec', collected);
        try {
          const answer = await call.apply(target, args);
          answered(answer);
          return answer;
        } catch (error) {
          answered(undefined, error as Error);
          throw error;
        }
      };
    },
  });
  return proxy;
}

interface SetOptions {
  condition?: string;
  expiration?: unknown;
}

function optionsOf(args: unknown[]): SetOptions {
  const [, , options] = args;
  return typeof options === 'object' && options !== null ? options : {};
}

function withoutLease(args: unknown[]): unknown[] {
  const { expiration, ...options } = optionsOf(args);
  return expiration === undefined ? args : [args[0], args[1], options];
}

function note(args: unknown[], answer: unknown, actor: Actor, leases: RedisLeases): void {
  const { condition, expiration } = optionsOf(args);
  const key = String(args[0]);
  if (condition === 'NX' && answer === null) actor.wanted.add(key);
  else if (expiration !== undefined && answer !== null) leases.grant(key, actor);
}

/** Arguments as strings, options by name: `['lock:x', 'token', 'condition', 'NX']`. */
function flatten(args: readonly unknown[]): string[] {
  return args.flatMap((arg): string[] => {
    if (Array.isArray(arg)) return flatten(arg);
    if (typeof arg === 'object' && arg !== null) {
      return Object.entries(arg).flatMap(([name, value]) => [name, ...flatten([value])]);
    }
    return [String(arg)];
  });
}
