// Tickets on Express and Prisma: an event has as many as are left.
import { PrismaPg } from '@prisma/adapter-pg';
import express from 'express';
import { PrismaClient } from './generated/client/index.js';

const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }) });
await prisma.$executeRaw`create table if not exists "Event" (name text primary key, "left" int not null)`;
await prisma.$executeRaw`
  create table if not exists "Ticket" (id serial primary key, event text not null, buyer text not null)`;
await prisma.event.createMany({ data: { name: 'concert', left: 1 }, skipDuplicates: true });

const app = express();
app.use(express.json());

const answer = (res, ticket) =>
  ticket === null ? res.status(409).json({ error: 'sold out' }) : res.json({ ticket: ticket.id });

// BUG: the transaction does not keep the other buyer from reading the same ticket as left.
app.post('/buy', async (req, res) => {
  const { event: name, buyer } = req.body;
  const ticket = await prisma.$transaction(async (tx) => {
    const event = await tx.event.findUnique({ where: { name } });
    if (!event || event.left < 1) return null;
    await tx.event.update({ where: { name }, data: { left: event.left - 1 } });
    return tx.ticket.create({ data: { event: name, buyer } });
  });
  answer(res, ticket);
});

// FIX: the update names what must still hold, and its count tells whether it did.
app.post('/buy-fixed', async (req, res) => {
  const { event: name, buyer } = req.body;
  const ticket = await prisma.$transaction(async (tx) => {
    const taken = await tx.event.updateMany({
      where: { name, left: { gt: 0 } },
      data: { left: { decrement: 1 } },
    });
    return taken.count === 0 ? null : tx.ticket.create({ data: { event: name, buyer } });
  });
  answer(res, ticket);
});

app.listen(process.env.PORT ?? 3000);
