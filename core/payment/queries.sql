-- name: OfferMethod :exec
INSERT INTO payment_method (code, country, currency, gateway, name, least, most, position, offered, changed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (currency, country, code) DO UPDATE SET
    gateway = excluded.gateway, name = excluded.name, least = excluded.least, most = excluded.most,
    position = excluded.position, offered = excluded.offered, changed = excluded.changed;

-- name: Methods :many
-- The rows of the country come first within a code.
SELECT * FROM payment_method
WHERE currency = sqlc.arg(currency) AND (country = sqlc.arg(country) OR country = '')
ORDER BY code, CASE WHEN country = '' THEN 1 ELSE 0 END;

-- name: AddPayment :exec
INSERT INTO payment (id, cart, seller, party, method, gateway, currency, amount, authorized, at, changed)
VALUES (sqlc.arg(id), sqlc.arg(cart), sqlc.arg(seller), sqlc.arg(party), sqlc.arg(method), sqlc.arg(gateway),
    sqlc.arg(currency), sqlc.arg(amount), sqlc.arg(authorized), sqlc.arg(at), sqlc.arg(at));

-- name: BindPayment :many
-- Nothing when the payment pays for another order, or is not there.
UPDATE payment SET order_id = sqlc.arg(order_id)
WHERE id = sqlc.arg(id) AND (order_id = '' OR order_id = sqlc.arg(order_id))
RETURNING *;

-- name: NotePayment :exec
UPDATE payment SET ref = $1, authorized = $2, captured = $3, voided = $4, refunded = $5, declined = $6, reason = $7,
    next_kind = $8, next_url = $9, changed = $10
WHERE id = $11;

-- name: GetPayment :one
SELECT * FROM payment WHERE id = $1;

-- name: PaymentByRef :one
SELECT * FROM payment WHERE gateway = $1 AND ref = $2 AND ref <> '';

-- name: PaymentsByOrder :many
SELECT * FROM payment WHERE order_id = $1 AND order_id <> '' ORDER BY id;

-- name: PaymentsByCart :many
SELECT * FROM payment WHERE cart = $1 ORDER BY id;

-- name: ListPayments :many
-- The newest first, before an id.
SELECT * FROM payment WHERE seller = sqlc.arg(seller) AND id < sqlc.arg(before)
ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: ListAllPayments :many
SELECT * FROM payment WHERE id < sqlc.arg(before) ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: AddEvent :exec
INSERT INTO payment_event (gateway, id, payment, kind, said_at, came_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (gateway, id) DO NOTHING;

-- name: Events :many
SELECT * FROM payment_event WHERE payment = $1 ORDER BY came_at, id;

-- name: PaymentsOfOrders :many
SELECT * FROM payment WHERE order_id <> '' AND order_id IN (SELECT value FROM json_each(cast(sqlc.arg(orders) AS TEXT)))
ORDER BY order_id, id;

-- name: AllMethods :many
SELECT * FROM payment_method;
