// A shop that guards its stock by a lock in Redis, on Express, node-redis and node-postgres: one buyer at a time, as long as
// each gives back only a lock of its own.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import express from 'express';
import pg from 'pg';
import { createClient } from 'redis';

const redis = createClient({ url: process.env.REDIS_URL });
await redis.connect();
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(`
  create table if not exists items (sku text primary key, stock int not null);
  create table if not exists orders (id serial primary key, sku text not null references items, buyer text not null);
  insert into items values ('last-one', 1) on conflict do nothing;
`);

async function sell(sku, buyer) {
  const { rows } = await pool.query('select stock from items where sku = $1', [sku]);
  if (!rows[0] || rows[0].stock < 1) return undefined;
  await pool.query('update items set stock = $2 where sku = $1', [sku, rows[0].stock - 1]);
  const order = await pool.query('insert into orders (sku, buyer) values ($1, $2) returning id', [
    sku,
    buyer,
  ]);
  return order.rows[0].id;
}

function answer(res, order) {
  return order === undefined ? res.status(409).json({ error: 'sold out' }) : res.json({ order });
}

const app = express();
app.use(express.json());

class Busy extends Error {}
const LEASE = { condition: 'NX', expiration: { type: 'PX', value: 10_000 } };

// BUG: the lock is given back also where it was not got, and with it that of another buyer.
async function withLock(key, work) {
  try {
    if ((await redis.set(key, 'locked', LEASE)) !== 'OK') throw new Busy();
    return await work();
  } finally {
    await redis.del(key);
  }
}

app.post('/buy', async (req, res) => {
  const { sku, buyer = 'guest' } = req.body;
  for (let tries = 1; tries <= 3; tries += 1) {
    try {
      return answer(res, await withLock(`lock:${sku}`, () => sell(sku, buyer)));
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
      await delay(20);
    }
  }
  res.status(503).json({ error: 'busy' });
});

const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`;

// FIX: each waits until it has got the lock, and a script gives back the lock only of its own token.
app.post('/buy-guarded', async (req, res) => {
  const { sku, buyer = 'guest' } = req.body;
  const [key, token] = [`lock:${sku}`, randomUUID()];
  while ((await redis.set(key, token, LEASE)) !== 'OK') await delay(20);
  try {
    answer(res, await sell(sku, buyer));
  } finally {
    await redis.eval(RELEASE, { keys: [key], arguments: [token] });
  }
});

app.listen(process.env.PORT ?? 3000);
