-- name: Keep :exec
INSERT INTO attachment (id, cart, party, name, type, bytes, lies, order_ref, due_at)
VALUES (sqlc.arg(id), sqlc.arg(cart), sqlc.arg(party), sqlc.arg(name), sqlc.arg(type), sqlc.arg(bytes), sqlc.arg(lies), '', sqlc.arg(due_at));

-- name: CountOf :one
SELECT count(*) FROM attachment WHERE cart = sqlc.arg(cart) AND order_ref = '';

-- name: Some :many
SELECT * FROM attachment WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: Bind :execrows
-- An order keeps what was brought to it; what another order keeps already stays there, and both show it.
UPDATE attachment SET order_ref = CASE WHEN order_ref = '' THEN sqlc.arg(order_ref) ELSE order_ref END, due_at = 0
WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: Due :many
SELECT * FROM attachment WHERE due_at > 0 AND due_at <= sqlc.arg(now) ORDER BY due_at, id LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: Forget :many
-- What an order has begun to keep meanwhile stays.
DELETE FROM attachment WHERE due_at > 0 AND id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)))
RETURNING lies;

-- name: Named :many
-- Those of some names under which a file still lies for somebody.
SELECT DISTINCT lies FROM attachment WHERE lies IN (SELECT value FROM json_each(cast(sqlc.arg(lies) AS TEXT)));
