# A shop with one item, on Flask and psycopg 2.
import os

from flask import Flask, request
from psycopg2.pool import ThreadedConnectionPool

app = Flask(__name__)
pool = ThreadedConnectionPool(1, 10, os.environ["DATABASE_URL"])


class Transaction:
    """A connection of the pool, committed unless something is raised."""

    def __enter__(self):
        self.connection = pool.getconn()
        return self.connection.cursor()

    def __exit__(self, failed, *_):
        self.connection.rollback() if failed else self.connection.commit()
        pool.putconn(self.connection)


with Transaction() as cursor:
    cursor.execute("""
        create table if not exists items (sku text primary key, stock int not null);
        create table if not exists orders (id serial primary key, sku text not null references items, buyer text not null);
        insert into items values ('last-one', 1) on conflict do nothing;
    """)


# BUG: two transactions read the same stock, and both take its last unit.
@app.post("/buy")
def buy():
    sku, buyer = request.json["sku"], request.json["buyer"]
    with Transaction() as cursor:
        cursor.execute("select stock from items where sku = %s", (sku,))
        (stock,) = cursor.fetchone()
        if stock < 1:
            return {"error": "sold out"}, 409
        cursor.execute("update items set stock = %s where sku = %s", (stock - 1, sku))
        cursor.execute("insert into orders (sku, buyer) values (%s, %s) returning id", (sku, buyer))
        return {"order": cursor.fetchone()[0]}


# FIX: the row is locked before it is read, until the transaction ends.
@app.post("/buy-locked")
def buy_locked():
    sku, buyer = request.json["sku"], request.json["buyer"]
    with Transaction() as cursor:
        cursor.execute("select stock from items where sku = %s for update", (sku,))
        (stock,) = cursor.fetchone()
        if stock < 1:
            return {"error": "sold out"}, 409
        cursor.execute("update items set stock = %s where sku = %s", (stock - 1, sku))
        cursor.execute("insert into orders (sku, buyer) values (%s, %s) returning id", (sku, buyer))
        return {"order": cursor.fetchone()[0]}


app.run(port=int(os.environ.get("PORT", "5000")))
