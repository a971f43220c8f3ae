// Vouchers on Fastify and postgres.js: each customer may take one, and there are ten.
import Fastify from 'fastify';
import postgres from 'postgres';

const sql = postgres(process.env.DATABASE_URL, { onnotice: () => undefined });
await sql`create table if not exists vouchers (code text primary key, left_over int not null)`;
await sql`create table if not exists claims (id serial primary key, code text not null, customer text not null)`;
await sql`create table if not exists claimed_once (code text, customer text, primary key (code, customer))`;
await sql`insert into vouchers values ('WINTER', 10) on conflict do nothing`;

const app = Fastify();

// BUG: two requests of one customer both find no claim yet, and both make one.
app.post('/claim', async (request, reply) => {
  const { code, customer } = request.body;
  const claims = await sql`select id from claims where code = ${code} and customer = ${customer}`;
  if (claims.length > 0) return reply.code(409).send({ error: 'already claimed' });
  await sql`update vouchers set left_over = left_over - 1 where code = ${code} and left_over > 0`;
  await sql`insert into claims (code, customer) values (${code}, ${customer})`;
  return { claimed: code };
});

// FIX: the primary key lets one claim in, and tells the other request that there is one.
app.post('/claim-fixed', async (request, reply) => {
  const { code, customer } = request.body;
  const isFirst = await sql.begin(async (tx) => {
    const claims = await tx`
      insert into claimed_once ${tx({ code, customer })} on conflict do nothing returning code`;
    if (claims.length === 0) return false;
    await tx`update vouchers set left_over = left_over - 1 where code = ${code} and left_over > 0`;
    return true;
  });
  return isFirst ? { claimed: code } : reply.code(409).send({ error: 'already claimed' });
});

await app.listen({ port: Number(process.env.PORT ?? 3000) });
