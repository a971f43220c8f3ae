// A shop with one item, on Express and node-postgres. Three ways to sell it: two that are right, and one that is not.
import express from 'express';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(`
  create table if not exists items (sku text primary key, stock int not null);
  create table if not exists orders (id serial primary key, sku text not null references items, buyer text not null);
  insert into items values ('last-one', 1) on conflict do nothing;
`);

const app = express();
app.use(express.json());

// BUG: two buyers read the same stock, and both take its last unit.
app.post('/buy', async (req, res) => {
  const { sku, buyer = 'guest' } = req.body;
  const { rows } = await pool.query('select stock from items where sku = $1', [sku]);
  if (rows.length === 0) return res.status(404).json({ error: 'unknown item' });
  if (rows[0].stock < 1) return res.status(409).json({ error: 'sold out' });
  await pool.query('update items set stock = $2 where sku = $1', [sku, rows[0].stock - 1]);
  const order = await pool.query('insert into orders (sku, buyer) values ($1, $2) returning id', [
    sku,
    buyer,
  ]);
  res.json({ order: order.rows[0].id });
});

// FIX: the statement that takes the unit is the one that asks whether there is one.
app.post('/buy-guarded', async (req, res) => {
  const { sku, buyer = 'guest' } = req.body;
  const taken = await pool.query('update items set stock = stock - 1 where sku = $1 and stock > 0', [sku]);
  if (taken.rowCount === 0) return res.status(409).json({ error: 'sold out' });
  const order = await pool.query('insert into orders (sku, buyer) values ($1, $2) returning id', [
    sku,
    buyer,
  ]);
  res.json({ order: order.rows[0].id });
});

// FIX: the row is locked before it is read, until the transaction ends.
app.post('/buy-locked', async (req, res) => {
  const { sku, buyer = 'guest' } = req.body;
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query('select stock from items where sku = $1 for update', [sku]);
    if (!rows[0] || rows[0].stock < 1) {
      await client.query('rollback');
      return res.status(409).json({ error: 'sold out' });
    }
    await client.query('update items set stock = $2 where sku = $1', [sku, rows[0].stock - 1]);
    const order = await client.query('insert into orders (sku, buyer) values ($1, $2) returning id', [
      sku,
      buyer,
    ]);
    await client.query('commit');
    res.json({ order: order.rows[0].id });
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
});

app.listen(process.env.PORT ?? 3000);
