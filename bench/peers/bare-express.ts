// The purchase route's peer: the same lab behind a bare Express handler, without Remix, log or security headers.
import { randomUUID } from 'node:crypto';
import express from 'express';
import type { Request, Response } from 'express';
import { purchase } from '@/scenarios/inventory/purchase/purchase';
import { loadStrategies } from '@/scenarios/registry';
import { readEnv } from '@/services/env';
import { createPrisma } from '@/services/postgres/prisma';
import { strategyFolder } from '@/services/process/program';
import { connectRedis } from '@/services/redis/redis-client';

const { databaseUrl = '', redisUrl = '', poolSize } = readEnv();
const db = createPrisma(databaseUrl, { size: poolSize, name: 'bare express' });
const redis = await connectRedis(redisUrl, () => undefined);
const strategies = await loadStrategies(strategyFolder);

const app = express();
app.use(express.json());
app.post('/api/buy/:strategy', (request, response, next) => {
  answer(request, response).catch(next);
});

async function answer(request: Request<{ strategy: string }>, response: Response): Promise<void> {
  const strategy = strategies.get(request.params.strategy);
  const body = request.body as { sku: string };
  if (!strategy) return void response.sendStatus(404);
  const { result } = await purchase(
    { db, redis },
    strategy,
    { sku: body.sku, quantity: 1, attemptId: randomUUID() },
    { thinkMs: 0 },
  );
  response.status(result.outcome === 'accepted' ? 200 : 409).json({ outcome: result.outcome });
}

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) console.log(`ready at http://127.0.0.1:${address.port}`);
});
