# A shop with one item, on Sinatra and pg.
require 'json'
require 'pg'
require 'sinatra'

set :bind, '127.0.0.1'
set :port, ENV.fetch('PORT', '4567')
set :server, 'webrick'
set :environment, :production

def connect
  database = PG.connect(ENV.fetch('DATABASE_URL'))
  yield database
ensure
  database&.close
end

connect do |database|
  database.exec(<<~SQL)
    create table if not exists items (sku text primary key, stock int not null);
    create table if not exists orders (id serial primary key, sku text not null references items, buyer text not null);
    insert into items values ('last-one', 1) on conflict do nothing;
  SQL
end

before do
  content_type :json
  @order = JSON.parse(request.body.read)
end

def order(database)
  row = database.exec_params('insert into orders (sku, buyer) values ($1, $2) returning id', @order.values_at('sku', 'buyer'))
  { order: row[0]['id'] }.to_json
end

# BUG: two buyers read the same stock, and both take its last unit.
post '/buy' do
  connect do |database|
    stock = database.exec_params('select stock from items where sku = $1', [@order['sku']])[0]['stock'].to_i
    halt 409, { error: 'sold out' }.to_json if stock < 1
    database.exec_params('update items set stock = $1 where sku = $2', [stock - 1, @order['sku']])
    order(database)
  end
end

# FIX: the statement that takes the unit is the one that asks whether there is one.
post '/buy-guarded' do
  connect do |database|
    taken = database.exec_params('update items set stock = stock - 1 where sku = $1 and stock > 0', [@order['sku']])
    halt 409, { error: 'sold out' }.to_json if taken.cmd_tuples.zero?
    order(database)
  end
end
