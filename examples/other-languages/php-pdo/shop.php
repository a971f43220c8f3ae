<?php
// A shop with one item, on PHP's PDO: php -S 127.0.0.1:8000 shop.php

$address = parse_url(getenv('DATABASE_URL'));
$database = new PDO(
    sprintf('pgsql:host=%s;port=%d;dbname=%s', $address['host'], $address['port'], substr($address['path'], 1)),
    urldecode($address['user'] ?? ''),
    urldecode($address['pass'] ?? ''),
    [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION],
);

if (PHP_SAPI === 'cli') {
    // php shop.php: makes the tables, as nothing runs before the first request
    $database->exec("
        create table if not exists items (sku text primary key, stock int not null);
        create table if not exists orders (id serial primary key, sku text not null references items, buyer text not null);
        insert into items values ('last-one', 1) on conflict do nothing;
    ");
    exit;
}

function answer(int $status, array $body): void
{
    http_response_code($status);
    header('Content-Type: application/json');
    echo json_encode($body);
}

function order(PDO $database, string $sku, string $buyer): void
{
    $order = $database->prepare('insert into orders (sku, buyer) values (?, ?) returning id');
    $order->execute([$sku, $buyer]);
    answer(200, ['order' => $order->fetchColumn()]);
}

['sku' => $sku, 'buyer' => $buyer] = json_decode(file_get_contents('php://input'), true);

switch (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    // BUG: two buyers read the same stock, and both take its last unit.
    case '/buy':
        $item = $database->prepare('select stock from items where sku = ?');
        $item->execute([$sku]);
        $stock = $item->fetchColumn();
        if ($stock < 1) {
            return answer(409, ['error' => 'sold out']);
        }
        $database->prepare('update items set stock = ? where sku = ?')->execute([$stock - 1, $sku]);
        return order($database, $sku, $buyer);

    // FIX: the statement that takes the unit is the one that asks whether there is one.
    case '/buy-guarded':
        $taken = $database->prepare('update items set stock = stock - 1 where sku = ? and stock > 0');
        $taken->execute([$sku]);
        if ($taken->rowCount() === 0) {
            return answer(409, ['error' => 'sold out']);
        }
        return order($database, $sku, $buyer);

    default:
        answer(404, ['error' => 'not found']);
}
