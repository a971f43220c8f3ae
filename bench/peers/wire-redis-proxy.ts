// Runs the Redis proxy in a separate process. With WIRE_HOLDS it holds each command and releases it at once.
import { startRedisProxy } from '@/wire/redis/proxy';

const proxy = await startRedisProxy({
  upstream: process.env.REDIS_URL ?? '',
  hooks: { held: (command) => command.release(), replied: (command) => command.deliver() },
});
proxy.hold(process.env.WIRE_HOLDS === '1');
process.once('SIGTERM', () => void proxy.close());
console.log(`http://127.0.0.1:${proxy.port}`);
