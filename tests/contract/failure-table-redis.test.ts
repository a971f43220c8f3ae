import type { RedisUnderTest } from '@/model/redis-under-test';
import { REDIS_FAILURES } from '@/failures/failure-table';
import type { RedisFailureCode } from '@/failures/failure-table';
import { connectRedis } from '@/services/redis/redis-client';
import { testRedisUrl } from '../fixtures/database/database';
import { testFailures } from '../fixtures/shop/failure-case';
import type { Aftermath, FailureCase } from '../fixtures/shop/failure-case';
import { startStepped } from '../fixtures/shop/stepped-purchase';
import { openTcpGate } from '../fixtures/database/tcp-gate';
import type { TcpGate } from '../fixtures/database/tcp-gate';
import { startVictim } from '../fixtures/shop/victim';
import type { Stage } from '../fixtures/shop/victim';

/** A client of its own for the victim. */
async function connect({ onTestFinished }: Stage, url = testRedisUrl()): Promise<RedisUnderTest> {
  const redis = await connectRedis(url, () => undefined);
  onTestFinished(() => redis.destroy());
  return redis;
}

/** The same by way of a gate. */
async function connectThroughGate(stage: Stage): Promise<{ gate: TcpGate; redis: RedisUnderTest }> {
  const gate = await openTcpGate(testRedisUrl());
  stage.onTestFinished(() => gate.close());
  return { gate, redis: await connect(stage, gate.url) };
}

async function alone(stage: Stage, id: string, redis: RedisUnderTest): Promise<Aftermath> {
  const { attempt, rows } = await startVictim(stage, stage.shop.strategy(id), { redis });
  return { result: await attempt.finish(), rows: await rows() };
}

/** The ways in which a connection breaks while the script that sells is out. */
function brokenBy(
  act: (way: { gate: TcpGate; redis: RedisUnderTest }) => unknown,
  speed: Pick<FailureCase, 'isSlow'> = {},
): FailureCase[] {
  const lose = (side: 'client' | 'server') => async (stage: Stage) => {
    const way = await connectThroughGate(stage);
    const { attempt, rows } = await startVictim(stage, stage.shop.strategy('gate-queue'), way);
    const lost = way.gate.lose(side);
    const result = attempt.finish();
    await lost;
    await act(way);
    return { result: await result, rows: await rows() };
  };
  return [
    { when: 'the script does not arrive', outcome: 'indeterminate', provoke: lose('client'), ...speed },
    {
      when: 'the answer of the script is lost',
      outcome: 'indeterminate',
      isSold: true,
      provoke: lose('server'),
      ...speed,
    },
  ];
}

/** The client has noticed that Redis is away, and goes on trying to reconnect. */
async function offline(stage: Stage, id: string): Promise<Aftermath> {
  const { gate, redis } = await connectThroughGate(stage);
  const noticed = new Promise<void>((resolve) => redis.once('reconnecting', resolve));
  await gate.shut();
  await noticed;
  return alone(stage, id, redis);
}

async function closed(stage: Stage, id: string): Promise<Aftermath> {
  const redis = await connect(stage);
  redis.destroy();
  return alone(stage, id, redis);
}

/** A user who may not run one command. */
async function forbidden(stage: Stage, id: string, command: string): Promise<Aftermath> {
  const user = `${stage.database.name}-without-${command}`;
  await stage.shop.redis.aclSetUser(user, ['on', '>limited', '~*', '+@all', `-${command}`]);
  stage.onTestFinished(async () => void (await stage.shop.redis.aclDelUser(user)));
  const url = new URL(testRedisUrl());
  Object.assign(url, { username: user, password: 'limited' });
  return alone(stage, id, await connect(stage, url.href));
}

/** As many buyers as the pool has connections hold one each, and want more than there is. */
async function crowded(stage: Stage): Promise<Aftermath> {
  const { shop } = stage;
  const redis = await connect(stage);
  const strategy = shop.strategy('redis-watch-multi');
  const sku = await shop.createItem(strategy, 1);
  const others = Array.from({ length: 50 }, (_, n) =>
    startStepped({ ...shop, redis }, strategy, { sku, quantity: 2, attemptId: `other ${n}` }),
  );
  await Promise.all(others.map((other) => other.runUntil('watch and read')));
  const aftermath = await alone(stage, 'redis-watch-multi', redis);
  await Promise.all(others.map((other) => other.finish()));
  return aftermath;
}

const PROVOCATIONS: Record<RedisFailureCode, FailureCase[]> = {
  ClientOfflineError: [
    {
      when: 'on the shared connection',
      outcome: 'error',
      provoke: (stage) => offline(stage, 'redis-lua-gate'),
    },
    {
      when: 'with a pool still to be opened',
      outcome: 'error',
      provoke: (stage) => offline(stage, 'redis-watch-multi'),
    },
  ],
  ClientClosedError: [
    {
      when: 'on the shared connection',
      outcome: 'error',
      provoke: (stage) => closed(stage, 'redis-lua-gate'),
    },
    {
      when: 'with a pool still to be opened',
      outcome: 'error',
      provoke: (stage) => closed(stage, 'redis-watch-multi'),
    },
  ],
  SocketClosedUnexpectedlyError: brokenBy(({ gate }) => gate.shut()),
  DisconnectsClientError: brokenBy(({ redis }) => redis.destroy()),
  ECONNRESET: brokenBy(({ gate }) => gate.reset()),
  SocketTimeoutError: brokenBy(() => undefined, { isSlow: true }),
  TimeoutError: [
    { when: 'each connection of the pool is lent', outcome: 'conflict', isSlow: true, provoke: crowded },
  ],
  SimpleError: [
    {
      when: 'the command is not allowed',
      outcome: 'error',
      provoke: (stage) => forbidden(stage, 'redis-get-decr', 'decrby'),
    },
  ],
  ScriptError: [
    {
      when: 'after the script has taken the unit and queued the order',
      outcome: 'indeterminate',
      isSold: true,
      provoke: (stage) => forbidden(stage, 'gate-queue', 'hset'),
    },
    {
      when: 'before the script has taken anything',
      outcome: 'indeterminate',
      provoke: (stage) => forbidden(stage, 'gate-queue', 'decrby'),
    },
  ],
};

testFailures(REDIS_FAILURES, PROVOCATIONS);
