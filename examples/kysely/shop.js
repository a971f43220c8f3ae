// A coupon with a limit, on Express and Kysely: it may be redeemed once, and its redemptions are counted.
import express from 'express';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(`
  create table if not exists coupons (code text primary key, usable int not null);
  create table if not exists redemptions (id serial primary key, code text not null references coupons, buyer text not null);
  insert into coupons values ('HALF-PRICE', 1) on conflict do nothing;
`);
const db = new Kysely({ dialect: new PostgresDialect({ pool }) });

const app = express();
app.use(express.json());

async function redeem(trx, { code, buyer }) {
  const coupon = await trx.selectFrom('coupons').selectAll().where('code', '=', code).executeTakeFirst();
  const { used } = await trx
    .selectFrom('redemptions')
    .select(({ fn }) => fn.countAll().as('used'))
    .where('code', '=', code)
    .executeTakeFirstOrThrow();
  if (!coupon || Number(used) >= coupon.usable) return false;
  await trx.insertInto('redemptions').values({ code, buyer }).execute();
  return true;
}

const answer = (res, isRedeemed) =>
  isRedeemed ? res.json({ redeemed: true }) : res.status(409).json({ error: 'used up' });

// BUG: a transaction alone does not help. Each of two counts none, and adds one.
app.post('/redeem', async (req, res) => {
  answer(res, await db.transaction().execute((trx) => redeem(trx, req.body)));
});

// FIX: PostgreSQL refuses the one of two transactions that could not have run after the other, and it is tried again.
app.post('/redeem-fixed', async (req, res) => {
  for (let tries = 1; ; tries += 1) {
    try {
      const transaction = db.transaction().setIsolationLevel('serializable');
      return answer(res, await transaction.execute((trx) => redeem(trx, req.body)));
    } catch (error) {
      if (error.code !== '40001' || tries === 3) throw error;
    }
  }
});

app.listen(process.env.PORT ?? 3000);
