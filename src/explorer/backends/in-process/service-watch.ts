import { randomUUID } from 'node:crypto';
import type { Slot } from './schedule';
import { isConnectionLoss } from '@/failures/again';
import { probePatiently, sayLost, sayStartedAgain, withIncident } from '@/failures/watch-dependencies';
import type { Dependency, Watched } from '@/failures/watch-dependencies';
import type { RedisUnderTest } from '@/model/redis-under-test';
import type { Strategy } from '@/model/strategy';

/** How long the mark in Redis lasts at most, s: longer than any exploration. */
const MARK_S = 24 * 3_600;

/** A service was lost: the message names it. Nothing that was found until then counts. */
export class ServiceLostError extends Error {
  override readonly name = 'ServiceLostError';
}

export interface WatchedGround {
  watched: Watched;
  redis: RedisUnderTest;
  slots: readonly Slot[];
}

/**
 * Watches the services that an exploration needs. What attempts meet while one of them is lost is not the strategy's
 * own, so an exploration from which a service was lost has no result.
 */
export class ServiceWatch {
  private readonly services: Dependency[];
  /** The start of each service when the exploration began. */
  private starts: (string | undefined)[] = [];
  /** A key that the exploration puts into Redis: when it is gone at the end, Redis was emptied meanwhile. */
  private readonly mark = `oversell:exploration:${randomUUID()}`;
  private redisLost: Error | undefined;
  /** What was known of each service before the exploration. */
  private readonly past: ReadonlyMap<Dependency, string | undefined>;

  constructor(
    private readonly ground: WatchedGround,
    stores: Strategy['stores'],
  ) {
    const { postgres, redis } = ground.watched;
    this.past = new Map([postgres, redis].map((service) => [service, service.incident?.()]));
    this.services = stores.includes('redis') ? [postgres, redis] : [postgres];
  }

  private get usesRedis(): boolean {
    return this.services.includes(this.ground.watched.redis);
  }

  /** Called when a connection to Redis ended. */
  readonly loseRedis = (error: Error): void => {
    this.redisLost ??= error;
  };

  /** @throws ServiceLostError that names the service that cannot be reached */
  async begin(): Promise<void> {
    const probing = this.services.map((service) =>
      probePatiently(service).catch((error: unknown) => {
        throw new ServiceLostError(withIncident(sayLost(service, 'before the exploration', error), service));
      }),
    );
    this.starts = await Promise.all(probing);
    if (!this.usesRedis) return;
    const { redis } = this.ground;
    redis.on('error', this.loseRedis);
    await redis.set(this.mark, 'kept', { expiration: { type: 'EX', value: MARK_S } });
  }

  /** @throws ServiceLostError that names the service, once a connection has ended that the explorer did not close */
  failIfLost(): void {
    const { watched, slots } = this.ground;
    for (const session of slots.flatMap(({ sessions }) => sessions)) {
      const error = session.lost();
      if (error) throw this.lost(watched.postgres, error);
    }
    if (this.redisLost) throw this.lost(watched.redis, this.redisLost);
  }

  /**
   * Looks whether everything is as it was at the beginning.
   *
   * @param failure what the exploration ended with
   * @throws ServiceLostError that names the service that was lost meanwhile
   */
  async check(failure?: unknown): Promise<void> {
    this.failIfLost();
    for (const [i, service] of this.services.entries()) {
      const start = await probePatiently(service).catch((error: unknown) => {
        throw this.lost(service, error);
      });
      if (start !== this.starts[i]) throw this.because(sayStartedAgain(service, 'exploration'), service);
    }
    if (this.usesRedis && (await this.ground.redis.exists(this.mark)) === 0)
      throw new ServiceLostError('Redis was emptied during the exploration.');
    // every connection to Redis is listened to
    if (isConnectionLoss(failure)) throw this.lost(this.ground.watched.postgres, failure);
  }

  async end(): Promise<void> {
    if (!this.usesRedis) return;
    const { redis } = this.ground;
    redis.off('error', this.loseRedis);
    await redis.del(this.mark).catch(() => undefined);
  }

  private lost(service: Dependency, error: unknown): ServiceLostError {
    return this.because(sayLost(service, 'during the exploration', error), service);
  }

  private because(reason: string, service: Dependency): ServiceLostError {
    return new ServiceLostError(withIncident(reason, service, this.past.get(service)));
  }
}
