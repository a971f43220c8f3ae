// A shop that counts its stock in Redis, on Express, ioredis and node-postgres.
import express from 'express';
import { Redis } from 'ioredis';
import pg from 'pg';

const redis = new Redis(process.env.REDIS_URL);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(
  'create table if not exists orders (id serial primary key, sku text not null, buyer text not null)',
);
await redis.set('stock:last-one', 1, 'NX');

async function order(sku, buyer) {
  const { rows } = await pool.query('insert into orders (sku, buyer) values ($1, $2) returning id', [
    sku,
    buyer,
  ]);
  return rows[0].id;
}

const app = express();
app.use(express.json());

// BUG: two buyers read the same count before either has lowered it.
app.post('/buy', async (req, res) => {
  const { sku, buyer = 'guest' } = req.body;
  const stock = Number(await redis.get(`stock:${sku}`));
  if (stock < 1) return res.status(409).json({ error: 'sold out' });
  await redis.decr(`stock:${sku}`);
  res.json({ order: await order(sku, buyer) });
});

// FIX: the command that lowers the count is the one that tells what is left; what was taken in vain is put back.
app.post('/buy-guarded', async (req, res) => {
  const { sku, buyer = 'guest' } = req.body;
  const left = await redis.decr(`stock:${sku}`);
  if (left < 0) {
    await redis.incr(`stock:${sku}`);
    return res.status(409).json({ error: 'sold out' });
  }
  res.json({ order: await order(sku, buyer) });
});

app.listen(process.env.PORT ?? 3000);
