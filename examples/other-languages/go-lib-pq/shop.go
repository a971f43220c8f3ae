// A shop with one item, on Go's database/sql and lib/pq.
package main

import (
	"database/sql"
	"encoding/json"
	"log"
	"net/http"
	"os"

	_ "github.com/lib/pq"
)

type order struct{ Sku, Buyer string }

var db *sql.DB

func main() {
	var err error
	if db, err = sql.Open("postgres", os.Getenv("DATABASE_URL")); err != nil {
		log.Fatal(err)
	}
	if _, err = db.Exec(`
		create table if not exists items (sku text primary key, stock int not null);
		create table if not exists orders (id serial primary key, sku text not null references items, buyer text not null);
		insert into items values ('last-one', 1) on conflict do nothing;
	`); err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/buy", handle(buy))
	http.HandleFunc("/buy-locked", handle(buyLocked))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

// BUG: two buyers read the same stock, and both take its last unit.
func buy(o order) (id int, err error) {
	var stock int
	if err = db.QueryRow("select stock from items where sku = $1", o.Sku).Scan(&stock); err != nil || stock < 1 {
		return
	}
	if _, err = db.Exec("update items set stock = $1 where sku = $2", stock-1, o.Sku); err != nil {
		return
	}
	err = db.QueryRow("insert into orders (sku, buyer) values ($1, $2) returning id", o.Sku, o.Buyer).Scan(&id)
	return
}

// FIX: the row is locked before it is read, until the transaction ends.
func buyLocked(o order) (id int, err error) {
	tx, err := db.Begin()
	if err != nil {
		return
	}
	defer tx.Rollback()
	var stock int
	if err = tx.QueryRow("select stock from items where sku = $1 for update", o.Sku).Scan(&stock); err != nil || stock < 1 {
		return
	}
	if _, err = tx.Exec("update items set stock = $1 where sku = $2", stock-1, o.Sku); err != nil {
		return
	}
	if err = tx.QueryRow("insert into orders (sku, buyer) values ($1, $2) returning id", o.Sku, o.Buyer).Scan(&id); err != nil {
		return
	}
	return id, tx.Commit()
}

// handle answers 409 to a buyer who gets no order.
func handle(sell func(order) (int, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var o order
		if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		id, err := sell(o)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if id == 0 {
			http.Error(w, "sold out", http.StatusConflict)
			return
		}
		json.NewEncoder(w).Encode(map[string]int{"order": id})
	}
}
