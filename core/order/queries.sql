-- name: AddOrder :execrows
-- Nothing when the cart was ordered before, or the code is taken.
INSERT INTO orders (id, code, cart, seller, party, name, email, currency, total, method, state, placed_at, changed_at, body)
VALUES (sqlc.arg(id), sqlc.arg(code), sqlc.arg(cart), sqlc.arg(seller), sqlc.arg(party), sqlc.arg(name), sqlc.arg(email),
    sqlc.arg(currency), sqlc.arg(total), sqlc.arg(method), sqlc.arg(state), sqlc.arg(placed_at), sqlc.arg(placed_at),
    sqlc.arg(body))
ON CONFLICT DO NOTHING;

-- name: GetOrder :one
SELECT * FROM orders WHERE id = $1;

-- name: OrderByCart :one
SELECT * FROM orders WHERE cart = $1;

-- name: OrderByCode :one
SELECT * FROM orders WHERE code = $1;

-- name: Lines :many
SELECT cancelled, packed, shipped, delivered, returned, undelivered FROM order_line WHERE order_id = $1 ORDER BY position;

-- name: SomeOrders :many
SELECT * FROM orders WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: LinesOfSome :many
SELECT order_id, cancelled, packed, shipped, delivered, returned, undelivered FROM order_line
WHERE order_id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) ORDER BY order_id, position;

-- name: CountLine :exec
UPDATE order_line SET cancelled = $1, packed = $2, shipped = $3, delivered = $4, returned = $5, undelivered = $6
WHERE order_id = $7 AND line = $8;

-- name: ChangeOrder :exec
UPDATE orders SET state = $1, version = $2, changed_at = $3 WHERE id = $4;

-- name: AddEvent :exec
INSERT INTO order_event (order_id, version, kind, ref, at, actor_kind, actor, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: CountEvents :one
SELECT COUNT(*) FROM order_event WHERE order_id = $1 AND kind = $2 AND ref = $3;

-- name: Events :many
SELECT * FROM order_event WHERE order_id = $1 ORDER BY version;

-- name: Numbering :one
-- What an order is numbered by.
SELECT number, seller, state, placed_at FROM orders WHERE id = $1;

-- name: NextNumber :one
INSERT INTO order_series (seller, year, last) VALUES ($1, $2, 1)
ON CONFLICT (seller, year) DO UPDATE SET last = order_series.last + 1
RETURNING last;

-- name: NumberOrder :exec
UPDATE orders SET number = $1 WHERE id = $2;

-- name: CountsAfter :many
-- The lines of the orders after an id, for whoever checks that stored states are those of the lines.
SELECT o.id, o.state, l.ordered, l.cancelled, l.packed, l.shipped, l.delivered, l.returned, l.undelivered
FROM (SELECT id, state FROM orders WHERE id > sqlc.arg(after) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT)) AS o
JOIN order_line l ON l.order_id = o.id
ORDER BY o.id, l.position;

-- name: LinesInParcels :many
-- What of the lines of some orders is packed and has not left.
SELECT order_id, line, CAST(packed - shipped AS BIGINT) AS waiting FROM order_line
WHERE packed > shipped AND order_id IN (SELECT value FROM json_each(cast(sqlc.arg(orders) AS TEXT)));

-- name: Series :many
-- Each series of document numbers, its last number, and how many orders have a number of it.
SELECT s.seller, s.year, s.last, (
    SELECT COUNT(*) FROM orders o
    WHERE o.seller = s.seller AND o.number <> '' AND substr(o.number, 1, 5) = CAST(s.year AS TEXT) || '-'
) AS given
FROM order_series s
ORDER BY s.seller, s.year;

-- name: OrdersOfCarts :many
-- The orders that some baskets became.
SELECT id, cart, state FROM orders WHERE cart IN (SELECT value FROM json_each(cast(sqlc.arg(carts) AS TEXT)));

-- name: VariantsAfter :many
-- What was ordered after an id and before an instant, by the orders in their order.
SELECT o.id, l.variant
FROM (SELECT id FROM orders WHERE id > sqlc.arg(after) AND placed_at < sqlc.arg(before) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT)) AS o
JOIN order_line l ON l.order_id = o.id
ORDER BY o.id;

-- name: BundlesAfter :many
-- The same orders, those in which bundles were bought. Names in the body are written without signs between, and no text in
-- it has a quotation mark that stands for itself.
SELECT o.body
FROM (SELECT id, body FROM orders WHERE id > sqlc.arg(after) AND placed_at < sqlc.arg(before) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT)) AS o
WHERE o.body LIKE '%"Bundles":[%'
ORDER BY o.id;

-- name: ReceivedLines :one
-- How many lines of a party have brought one of some variants to it.
SELECT COUNT(*) FROM orders o JOIN order_line l ON l.order_id = o.id
WHERE o.party = sqlc.arg(party) AND o.party <> '' AND l.delivered > 0
    AND l.variant IN (SELECT value FROM json_each(cast(sqlc.arg(variants) AS TEXT)));

-- name: ReceivedVariants :many
-- What has come to a party, that of the latest order first.
SELECT l.variant FROM orders o JOIN order_line l ON l.order_id = o.id
WHERE o.party = sqlc.arg(party) AND o.party <> '' AND l.delivered > 0
GROUP BY l.variant ORDER BY MAX(o.id) DESC, l.variant LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: ReceivedBundles :many
-- The latest orders of a party with bundles of which some line has arrived. See BundlesAfter for how they are found.
SELECT o.id, o.body FROM orders o
WHERE o.party = sqlc.arg(party) AND o.party <> '' AND o.body LIKE '%"Bundles":[%'
    AND EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id AND l.delivered > 0)
ORDER BY o.id DESC LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: DeliveredLines :many
-- The lines of some orders of which something has arrived.
SELECT order_id, line FROM order_line
WHERE order_id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) AND delivered > 0
ORDER BY order_id, position;

-- name: RefundsOfSome :many
SELECT order_id, body FROM order_event
WHERE order_id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) AND kind = 'refunded';

-- name: PlacedAfter :many
-- Orders after an id that were placed before an instant, in their order.
SELECT id FROM orders WHERE id > sqlc.arg(after) AND placed_at < sqlc.arg(before) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: AnyOf :many
-- One order of a party that was not cancelled, if there is one.
SELECT id FROM orders WHERE party = sqlc.arg(party) AND party <> '' AND state <> 'cancelled' LIMIT 1;
