// Seats on Express and Drizzle: a seat goes to the buyer who books it first.
import { and, eq, isNull, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, text } from 'drizzle-orm/pg-core';
import express from 'express';

const seats = pgTable('seats', { id: text('id').primaryKey(), buyer: text('buyer') });
const db = drizzle(process.env.DATABASE_URL);
await db.execute(sql`create table if not exists seats (id text primary key, buyer text)`);
await db.insert(seats).values({ id: '12A' }).onConflictDoNothing();

const app = express();
app.use(express.json());

// BUG: both buyers find the seat free, and the second takes it from the first, who was told that it is theirs.
app.post('/book', async (req, res) => {
  const { seat, buyer } = req.body;
  const [found] = await db.select().from(seats).where(eq(seats.id, seat));
  if (!found) return res.status(404).json({ error: 'no such seat' });
  if (found.buyer !== null) return res.status(409).json({ error: 'taken' });
  await db.update(seats).set({ buyer }).where(eq(seats.id, seat));
  res.json({ seat, buyer });
});

// FIX: the seat is booked only where it is free still, and the number of rows tells whether it was.
app.post('/book-fixed', async (req, res) => {
  const { seat, buyer } = req.body;
  const booked = await db
    .update(seats)
    .set({ buyer })
    .where(and(eq(seats.id, seat), isNull(seats.buyer)));
  if (booked.rowCount === 0) return res.status(409).json({ error: 'taken' });
  res.json({ seat, buyer });
});

app.listen(process.env.PORT ?? 3000);
