-- name: Insert :exec
INSERT INTO promotion (id, seller, state, was, version, body)
VALUES (sqlc.arg(id), sqlc.arg(seller), 'draft', '', 1, sqlc.arg(body));

-- name: One :one
SELECT id, seller, state, was, version, body FROM promotion WHERE id = sqlc.arg(id) AND seller = sqlc.arg(seller);

-- name: Of :many
-- A seller's promotions, the newest first, a page at a time. An empty after begins.
SELECT id, seller, state, was, version, body FROM promotion
WHERE seller = sqlc.arg(seller) AND (cast(sqlc.arg(after) AS TEXT) = '' OR id < cast(sqlc.arg(after) AS TEXT))
ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Running :many
SELECT id, seller, state, was, version, body FROM promotion WHERE state = 'running' ORDER BY id;

-- name: CountRunning :one
SELECT count(*) FROM promotion WHERE state = 'running';

-- name: Revise :execrows
-- Changes what a promotion says, if nobody has changed it since.
UPDATE promotion SET body = sqlc.arg(body), version = version + 1
WHERE id = sqlc.arg(id) AND seller = sqlc.arg(seller) AND version = sqlc.arg(version);

-- name: Move :execrows
-- Brings a promotion from one state into another.
UPDATE promotion SET state = sqlc.arg(state), was = sqlc.arg(was), version = version + 1
WHERE id = sqlc.arg(id) AND seller = sqlc.arg(seller) AND version = sqlc.arg(version);

-- name: Led :many
-- The promotions to which some codes lead.
SELECT c.code, p.id, p.seller, p.state, p.was, p.version, p.body
FROM promotion_code c JOIN promotion p ON p.id = c.promotion
WHERE c.code IN (SELECT value FROM json_each(cast(sqlc.arg(codes) AS TEXT))) ORDER BY c.code;

-- name: Holders :many
-- The promotions that have not ended to which some codes lead.
SELECT c.code, c.promotion FROM promotion_code c JOIN promotion p ON p.id = c.promotion
WHERE c.code IN (SELECT value FROM json_each(cast(sqlc.arg(codes) AS TEXT))) AND p.state <> 'ended' ORDER BY c.code;

-- name: DropCodes :exec
DELETE FROM promotion_code WHERE promotion = sqlc.arg(promotion);

-- name: InsertCodes :exec
-- Puts codes under a promotion, whichever they were under.
INSERT INTO promotion_code (code, promotion)
SELECT value, cast(sqlc.arg(promotion) AS TEXT) FROM json_each(cast(sqlc.arg(codes) AS TEXT)) WHERE true
ON CONFLICT (code) DO UPDATE SET promotion = excluded.promotion;

-- name: Use :exec
-- Counts what a promotion took off an order. The same order again changes nothing. Nobody reads by which code and when: the
-- order says it.
INSERT INTO promotion_use (promotion, order_ref, code, amount, currency, used_at, undone)
VALUES (sqlc.arg(promotion), sqlc.arg(order_ref), '', sqlc.arg(amount), sqlc.arg(currency), 0, 0)
ON CONFLICT (promotion, order_ref) DO NOTHING;

-- name: Unuse :exec
UPDATE promotion_use SET undone = 1 WHERE order_ref = sqlc.arg(order_ref);

-- name: Totals :many
-- How often some promotions were used and what they gave away, by currency, without the orders that were cancelled.
SELECT promotion, currency, CAST(count(*) AS BIGINT) AS uses, CAST(sum(amount) AS BIGINT) AS given FROM promotion_use
WHERE promotion IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) AND undone = 0
GROUP BY promotion, currency ORDER BY promotion, currency;
