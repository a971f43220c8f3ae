// A shop on Express and TypeORM that finds an entity, changes it and saves it.
import express from 'express';
import { DataSource, EntitySchema } from 'typeorm';

const Item = new EntitySchema({
  name: 'Item',
  columns: { sku: { type: 'text', primary: true }, stock: { type: 'int' } },
});
const Order = new EntitySchema({
  name: 'Order',
  tableName: 'orders',
  columns: {
    id: { type: 'int', primary: true, generated: true },
    sku: { type: 'text' },
    buyer: { type: 'text' },
  },
});
const database = new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  entities: [Item, Order],
  synchronize: true,
});
await database.initialize();
await database
  .createQueryBuilder()
  .insert()
  .into(Item)
  .values({ sku: 'last-one', stock: 1 })
  .orIgnore()
  .execute();

const app = express();
app.use(express.json());

async function buy({ sku, buyer }, lock) {
  return database.transaction(async (manager) => {
    const item = await manager.findOne(Item, { where: { sku }, lock });
    if (!item || item.stock < 1) return false;
    item.stock -= 1;
    await manager.save(Item, item);
    await manager.insert(Order, { sku, buyer });
    return true;
  });
}

const answer = (res, isSold) =>
  isSold ? res.json({ sold: true }) : res.status(409).json({ error: 'sold out' });

// BUG: two buyers find one unit each, and it is the same one.
app.post('/buy', async (req, res) => answer(res, await buy(req.body)));

// FIX: the row is locked when it is found, until the transaction ends.
app.post('/buy-fixed', async (req, res) => answer(res, await buy(req.body, { mode: 'pessimistic_write' })));

app.listen(process.env.PORT ?? 3000);
