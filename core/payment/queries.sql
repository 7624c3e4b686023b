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

-- name: NotePayment :exec
UPDATE payment SET order_id = $1, ref = $2, authorized = $3, captured = $4, voided = $5, refunded = $6, declined = $7, reason = $8,
    next_kind = $9, next_url = $10, changed = $11
WHERE id = $12;

-- name: GetPayment :one
SELECT * FROM payment WHERE id = $1;

-- name: PaymentByRef :one
SELECT * FROM payment WHERE gateway = $1 AND ref = $2 AND ref <> '';

-- name: PaymentsByOrder :many
SELECT * FROM payment WHERE order_id = $1 AND order_id <> '' ORDER BY id;

-- name: PaymentsByCart :many
SELECT * FROM payment WHERE cart = $1 ORDER BY id;

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

-- name: KeepCard :one
-- The same card again is the same row, as it is known now; one that was taken away is back.
INSERT INTO payment_card (id, party, seller, gateway, mark, sealed, brand, digits, month, year, preferred, agreed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (party, seller, gateway, mark) DO UPDATE SET
    sealed = excluded.sealed, brand = excluded.brand, digits = excluded.digits, month = excluded.month, year = excluded.year,
    agreed_at = excluded.agreed_at, gone_at = 0,
    preferred = CASE WHEN payment_card.gone_at = 0 THEN payment_card.preferred ELSE excluded.preferred END
RETURNING id;

-- name: DiscardCard :exec
-- One that is kept stays as it is.
INSERT INTO payment_card (id, party, seller, gateway, mark, sealed, brand, digits, month, year, agreed_at, gone_at)
VALUES ($1, $2, $3, $4, $5, $6, '', '', $7, $8, $9, $10)
ON CONFLICT (party, seller, gateway, mark) DO NOTHING;

-- name: Cards :many
-- The preferred one first, then the latest.
SELECT * FROM payment_card WHERE party = $1 AND gone_at = 0 ORDER BY preferred DESC, agreed_at DESC, id DESC;

-- name: CardOf :one
-- A card as it is kept: somebody else's, another seller's and one that was taken away are none.
SELECT * FROM payment_card WHERE id = $1 AND party = $2 AND seller = $3 AND gateway = $4 AND gateway <> '' AND gone_at = 0;

-- name: UnpreferCards :exec
UPDATE payment_card SET preferred = 0 WHERE party = $1 AND preferred = 1;

-- name: PreferCard :execrows
UPDATE payment_card SET preferred = 1 WHERE id = $1 AND party = $2 AND gone_at = 0;

-- name: TakeCardAway :execrows
UPDATE payment_card SET gone_at = sqlc.arg(gone_at), preferred = 0
WHERE id = sqlc.arg(id) AND party = sqlc.arg(party) AND gone_at = 0;

-- name: TakeCardsAway :exec
-- Those that are gone already stay so since then.
UPDATE payment_card SET gone_at = CASE WHEN gone_at = 0 THEN sqlc.arg(gone_at) ELSE gone_at END,
    preferred = 0, brand = '', digits = ''
WHERE party = sqlc.arg(party);

-- name: DropCard :execrows
DELETE FROM payment_card WHERE id = $1 AND party = $2;

-- name: CardsGone :many
-- Those that were taken away and whose gateway has not been told, after one of them.
SELECT * FROM payment_card WHERE gone_at <> 0 AND id > sqlc.arg(after) ORDER BY id LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: ForgetCard :exec
-- Not one that has come back meanwhile.
DELETE FROM payment_card WHERE id = $1 AND gone_at = $2;
