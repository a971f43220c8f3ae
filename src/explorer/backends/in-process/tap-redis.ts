import { rememberScript, scriptByHash } from '@/explorer/access/script-keys';
import { declaredKeys, keysOf } from '@/explorer/access/sent-access';
import type { ScheduleInput } from './schedule';
import type { RedisUnderTest } from '@/model/redis-under-test';
import type { Actor } from './actor';
import { conditionFailed, isRead, lasting, setsLease } from './redis-expiry';
import type { RedisLeases } from './redis-leases';

/** Members of node-redis's client that are not commands. */
const NOT_COMMANDS = new Set<PropertyKey>(
  'on once off emit addListener removeListener duplicate createPool connect close destroy withCommandOptions'.split(
    ' ',
  ),
);

/** What follows the commands of one attempt. */
export interface Tap {
  actor: Actor;
  leases: RedisLeases;
  keepShared?: ScheduleInput['keepShared'];
}

/**
 * The same Redis as one attempt sees it. Every command is recorded with its response, and a lease expires when the
 * schedule says so, not by the clock.
 */
export function tapRedis(redis: RedisUnderTest, tap: Tap): RedisUnderTest {
  const { actor, leases, keepShared } = tap;
  return new Proxy(redis, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function' || NOT_COMMANDS.has(property)) return value;
      const call = value as (...args: unknown[]) => unknown;
      if (property === 'multi') return () => tapMulti(call.call(target) as object, tap);
      return async (...args: unknown[]) => {
        await actor.admit();
        const command = String(property);
        learnScript(command, args);
        const isUnknown = isUnknownScript(command, args);
        const keys = isUnknown ? declaredKeys(args) : keysOf(command, args);
        const answered = actor.sentRedis({ command, args: flatten(args), keys });
        try {
          const sent = isUnknown ? [NO_SCRIPT, ...args.slice(1)] : lasting(command, args);
          if (keys) await keepShared?.(keys, !isRead(command));
          const answer = await call.apply(target, sent);
          if (conditionFailed(command, args, answer)) actor.wanted.add(String(args[0]));
          else if (setsLease(command, args)) leases.grant(String(args[0]), actor);
          else if (!isRead(command)) await leases.find(flatten(args), actor);
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

/** A hash that no script has. */
const NO_SCRIPT = '0'.repeat(40);

/** The same Redis, which keeps the texts of scripts that are sent through it. */
export function learningScripts(redis: RedisUnderTest): RedisUnderTest {
  return new Proxy(redis, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      const call = value as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        learnScript(String(property), args);
        return call.apply(target, args);
      };
    },
  });
}

function learnScript(command: string, args: readonly unknown[]): void {
  if (/^(eval(ro)?|scriptload)$/i.test(command)) rememberScript(String(args[0]));
}

/**
 * Whether a script is called by its hash whose text was not seen. Redis is then asked for one that it does not know, as
 * if it had been restarted: the strategy has to send the text, and the explorer sees which keys the script names.
 */
function isUnknownScript(command: string, args: readonly unknown[]): boolean {
  return /^evalsha(ro)?$/i.test(command) && scriptByHash(String(args[0])) === undefined;
}

/** Records the commands that EXEC sends together. */
function tapMulti(chain: object, { actor, leases, keepShared }: Tap): unknown {
  const collected: string[] = [];
  let keys: string[] | null = [];
  const proxy: unknown = new Proxy(chain, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      const call = value as (...args: unknown[]) => unknown;
      if (!String(property).startsWith('exec')) {
        return (...args: unknown[]) => {
          learnScript(String(property), args);
          collected.push(String(property), ...flatten(args));
          const more = keysOf(String(property), args);
          keys = keys && more && [...keys, ...more];
          call.apply(target, lasting(String(property), args));
          return proxy;
        };
      }
      return async (...args: unknown[]) => {
        await actor.admit();
        const answered = actor.sentRedis({ command: 'multi exec', args: collected, keys });
        try {
          if (keys) await keepShared?.(keys, true);
          const answer = await call.apply(target, args);
          await leases.find(collected, actor);
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
