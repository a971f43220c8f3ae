# A wallet, on Flask and SQLAlchemy.
import os

from flask import Flask, request
from sqlalchemy import Column, Integer, String, create_engine, select
from sqlalchemy.orm import Session, declarative_base

app = Flask(__name__)
engine = create_engine(os.environ["DATABASE_URL"])
Base = declarative_base()


class Wallet(Base):
    __tablename__ = "wallets"
    owner = Column(String, primary_key=True)
    credit = Column(Integer, nullable=False)


Base.metadata.create_all(engine)
with Session(engine) as session:
    if session.get(Wallet, "ada") is None:
        session.add(Wallet(owner="ada", credit=100))
        session.commit()


# BUG: the credit is worked out from what the session has read, and written over what another request has spent.
@app.post("/spend")
def spend():
    owner, amount = request.json["owner"], request.json["amount"]
    with Session(engine) as session:
        wallet = session.get(Wallet, owner)
        if wallet.credit < amount:
            return {"error": "not enough"}, 409
        wallet.credit -= amount
        session.commit()
        return {"spent": amount}


# FIX: the row is locked as it is read.
@app.post("/spend-locked")
def spend_locked():
    owner, amount = request.json["owner"], request.json["amount"]
    with Session(engine) as session:
        wallet = session.execute(select(Wallet).where(Wallet.owner == owner).with_for_update()).scalar_one()
        if wallet.credit < amount:
            return {"error": "not enough"}, 409
        wallet.credit -= amount
        session.commit()
        return {"spent": amount}


app.run(port=int(os.environ.get("PORT", "5000")))
