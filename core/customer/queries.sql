-- name: Get :one
SELECT * FROM customer WHERE id = $1 AND gone = 0;

-- name: Some :many
SELECT * FROM customer WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: ByKeys :many
SELECT * FROM customer WHERE key IN (SELECT value FROM json_each(cast(sqlc.arg(keys) AS TEXT))) AND key <> '';

-- name: SpentOf :many
SELECT customer, currency, seller, minor FROM customer_spent
WHERE customer IN (SELECT value FROM json_each(cast(sqlc.arg(customers) AS TEXT))) ORDER BY customer, currency;

-- name: Counted :many
SELECT order_id, customer, currency, minor, counts FROM customer_order
WHERE order_id IN (SELECT value FROM json_each(cast(sqlc.arg(orders) AS TEXT)));

-- name: OrdersOf :many
-- The latest first.
SELECT order_id FROM customer_order WHERE customer = sqlc.arg(customer) ORDER BY order_id DESC LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: DropWords :exec
DELETE FROM customer_word WHERE customer IN (SELECT value FROM json_each(cast(sqlc.arg(customers) AS TEXT)));

-- name: UpTo :one
SELECT upto FROM customer_upto WHERE name = sqlc.arg(name);

-- name: NoteUpTo :exec
INSERT INTO customer_upto (name, upto) VALUES (sqlc.arg(name), sqlc.arg(upto)) ON CONFLICT (name) DO UPDATE SET upto = excluded.upto;

-- name: After :many
-- Those of all sellers, in the order of their ids.
SELECT * FROM customer WHERE id > sqlc.arg(after) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: AddNote :exec
INSERT INTO customer_note (id, customer, body, who, at)
VALUES (sqlc.arg(id), sqlc.arg(customer), sqlc.arg(body), sqlc.arg(who), sqlc.arg(at));

-- name: Notes :many
-- The latest first.
SELECT * FROM customer_note WHERE customer = sqlc.arg(customer) ORDER BY id DESC LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: CountNotes :one
SELECT COUNT(*) FROM customer_note WHERE customer = sqlc.arg(customer);

-- name: DropNote :execrows
DELETE FROM customer_note WHERE id = sqlc.arg(id) AND customer = sqlc.arg(customer);

-- name: NotesAbout :many
-- What is noted about a party, whoever has noted it, also about who was not signed in and had its address.
SELECT n.body, n.at FROM customer_note n WHERE n.customer IN (
    SELECT c.id FROM customer c WHERE c.party = sqlc.arg(party) AND c.party <> ''
    UNION SELECT k.id FROM customer k WHERE k.key = sqlc.arg(key) AND k.key <> ''
) ORDER BY n.id;

-- name: OfParty :many
SELECT id FROM customer WHERE party = sqlc.arg(party) AND party <> '';

-- name: OfKey :many
SELECT id FROM customer WHERE key = sqlc.arg(key) AND key <> '';

-- name: Blank :exec
UPDATE customer SET key = '', kind = 'guest', party = '', name = '', company = '', email = '', phone = '', gone = 1
WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: DropNotes :exec
DELETE FROM customer_note WHERE customer IN (SELECT value FROM json_each(cast(sqlc.arg(customers) AS TEXT)));
