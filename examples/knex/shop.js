// A wallet on Express and Knex: a payment takes money from it, if there is enough.
import express from 'express';
import createKnex from 'knex';

const knex = createKnex({ client: 'pg', connection: process.env.DATABASE_URL });
if (!(await knex.schema.hasTable('wallets'))) {
  await knex.schema.createTable('wallets', (table) => {
    table.text('owner').primary();
    table.integer('balance').notNullable();
  });
  await knex.schema.createTable('payments', (table) => {
    table.increments('id');
    table.text('owner').notNullable();
    table.integer('amount').notNullable();
  });
  await knex('wallets').insert({ owner: 'ada', balance: 100 });
}

const app = express();
app.use(express.json());

/** @param lock makes a query lock the rows that it reads */
async function pay({ owner, amount }, lock) {
  return knex.transaction(async (trx) => {
    const wallet = await lock(trx('wallets').where({ owner })).first();
    if (!wallet || wallet.balance < amount) return null;
    const balance = wallet.balance - amount;
    await trx('wallets').where({ owner }).update({ balance });
    await trx('payments').insert({ owner, amount });
    return balance;
  });
}

const answer = (res, balance) =>
  balance === null ? res.status(402).json({ error: 'not enough money' }) : res.json({ balance });

// BUG: two payments read one balance, and the second overwrites what the first has left.
app.post('/pay', async (req, res) => answer(res, await pay(req.body, (query) => query)));

// FIX: the second payment waits at its first statement, and reads what the first has left.
app.post('/pay-fixed', async (req, res) => answer(res, await pay(req.body, (query) => query.forUpdate())));

app.listen(process.env.PORT ?? 3000);
