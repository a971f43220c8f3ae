# Seats of a show, on Flask and psycopg 3.
import os

import psycopg
from flask import Flask, request

app = Flask(__name__)


def connect():
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


with connect() as database:
    database.execute(
        "create table if not exists bookings (id serial primary key, seat text not null, buyer text not null)"
    )
    database.execute("create table if not exists seats (seat text primary key, buyer text)")
    database.execute("insert into seats values ('A1', null) on conflict do nothing")


# BUG: two buyers find no booking of the seat, and both book it.
@app.post("/book")
def book():
    seat, buyer = request.json["seat"], request.json["buyer"]
    with connect() as database:
        if database.execute("select 1 from bookings where seat = %s", (seat,)).fetchone():
            return {"error": "taken"}, 409
        booking = database.execute(
            "insert into bookings (seat, buyer) values (%s, %s) returning id", (seat, buyer)
        ).fetchone()
        return {"booking": booking[0]}


# FIX: the statement that takes the seat is the one that asks whether it is free.
@app.post("/book-guarded")
def book_guarded():
    seat, buyer = request.json["seat"], request.json["buyer"]
    with connect() as database:
        taken = database.execute("update seats set buyer = %s where seat = %s and buyer is null", (buyer, seat))
        if taken.rowcount == 0:
            return {"error": "taken"}, 409
        return {"seat": seat}


app.run(port=int(os.environ.get("PORT", "5000")))
