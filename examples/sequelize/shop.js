// A shop on Express and Sequelize that sells by changing a model and saving it.
import express from 'express';
import { DataTypes, OptimisticLockError, Sequelize } from 'sequelize';

const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false });
const stock = { type: DataTypes.INTEGER, allowNull: false };
const sku = { type: DataTypes.STRING, primaryKey: true };
const Item = sequelize.define('Item', { sku, stock });
const VersionedItem = sequelize.define('VersionedItem', { sku, stock }, { version: true });
const Order = sequelize.define('Order', { sku: DataTypes.STRING, buyer: DataTypes.STRING });
await sequelize.sync();
for (const model of [Item, VersionedItem])
  await model.findOrCreate({ where: { sku: 'last-one' }, defaults: { stock: 1 } });

const app = express();
app.use(express.json());

async function buy(model, { sku: wanted, buyer }) {
  return sequelize.transaction(async (transaction) => {
    const item = await model.findByPk(wanted, { transaction });
    if (!item || item.stock < 1) return false;
    item.stock -= 1;
    await item.save({ transaction });
    await Order.create({ sku: wanted, buyer }, { transaction });
    return true;
  });
}

const answer = (res, isSold) =>
  isSold ? res.json({ sold: true }) : res.status(409).json({ error: 'sold out' });

// BUG: `save` writes the stock that was read, whatever it is by then.
app.post('/buy', async (req, res) => answer(res, await buy(Item, req.body)));

// FIX: `version: true` makes `save` fail when another request has saved the row meanwhile; then the request begins anew.
app.post('/buy-fixed', async (req, res) => {
  for (let tries = 1; ; tries += 1) {
    try {
      return answer(res, await buy(VersionedItem, req.body));
    } catch (error) {
      if (!(error instanceof OptimisticLockError) || tries === 3) throw error;
    }
  }
});

app.listen(process.env.PORT ?? 3000);
