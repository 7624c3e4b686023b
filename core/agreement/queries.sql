-- name: KeepPlan :exec
INSERT INTO agreement_plan (product, seller, offered, body)
VALUES (sqlc.arg(product), sqlc.arg(seller), sqlc.arg(offered), sqlc.arg(body))
ON CONFLICT (product) DO UPDATE SET offered = excluded.offered, body = excluded.body;

-- name: GetPlan :one
SELECT * FROM agreement_plan WHERE product = $1;

-- name: Offered :many
SELECT * FROM agreement_plan WHERE offered = 1;

-- name: Open :exec
INSERT INTO agreement (id, party, seller, product, variant, state, every, amount, due, notice, opened_at, body)
VALUES (sqlc.arg(id), sqlc.arg(party), sqlc.arg(seller), sqlc.arg(product), sqlc.arg(variant), 'draft', sqlc.arg(every),
    sqlc.arg(amount), sqlc.arg(due), '', sqlc.arg(opened_at), sqlc.arg(body));

-- name: Get :one
SELECT * FROM agreement WHERE id = $1;

-- name: Some :many
SELECT * FROM agreement WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: Keep :execrows
-- What was changed meanwhile is not overwritten.
UPDATE agreement SET state = sqlc.arg(state), every = sqlc.arg(every), amount = sqlc.arg(amount), due = sqlc.arg(due),
    notice = sqlc.arg(notice), card = sqlc.arg(card), begun = sqlc.arg(begun), body = sqlc.arg(body), version = version + 1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: Mandate :exec
-- The card with which an order was paid pays for what it has begun.
UPDATE agreement SET card = sqlc.arg(card), version = version + 1
WHERE begun = sqlc.arg(begun) AND begun <> '' AND card = '' AND state <> 'ended';

-- name: OfParty :many
-- The agreements of a buyer, the latest first.
SELECT * FROM agreement WHERE party = $1 AND state <> 'draft' ORDER BY id DESC LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: Had :many
-- What a buyer subscribes to, or did.
SELECT DISTINCT product FROM agreement WHERE party = $1 AND state <> 'draft';

-- name: List :many
-- Those of a seller in a state, what is due first.
SELECT * FROM agreement
WHERE seller = sqlc.arg(seller) AND state = sqlc.arg(state)
  AND (due > sqlc.arg(due) OR due = sqlc.arg(due) AND id > sqlc.arg(after))
ORDER BY due, id LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: Tally :many
-- How many a seller has, and what they bring in a period, by state and rhythm.
SELECT state, every, count(*) AS n, CAST(sum(amount) AS BIGINT) AS amount FROM agreement
WHERE seller = sqlc.arg(seller) AND state <> 'draft' GROUP BY state, every ORDER BY state, every;

-- name: Due :many
-- Something has to be done with these, the longest first.
SELECT * FROM agreement
WHERE due <= sqlc.arg(today) AND state IN ('active', 'dunning', 'paused')
    AND (due > CAST(sqlc.arg(due) AS TEXT) OR due = CAST(sqlc.arg(due) AS TEXT) AND id > sqlc.arg(after))
ORDER BY due, id LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: Untold :many
-- The buyers of these are to be told of the next order.
SELECT * FROM agreement
WHERE notice <> '' AND notice <= sqlc.arg(today) AND state = 'active' ORDER BY id LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: OpenPeriod :exec
INSERT INTO agreement_period (agreement, seq, state, day) VALUES (sqlc.arg(agreement), sqlc.arg(seq), 'open', sqlc.arg(day))
ON CONFLICT (agreement, seq) DO NOTHING;

-- name: TryPeriod :execrows
UPDATE agreement_period SET cart = sqlc.arg(cart), tries = tries + 1
WHERE agreement = sqlc.arg(agreement) AND seq = sqlc.arg(seq) AND state = 'open';

-- name: EndPeriod :execrows
-- A period ends once: ordered, skipped or failed.
UPDATE agreement_period SET state = sqlc.arg(state), order_ref = sqlc.arg(order_ref), amount = sqlc.arg(amount)
WHERE agreement = sqlc.arg(agreement) AND seq = sqlc.arg(seq) AND state = 'open';

-- name: Periods :many
-- The periods of an agreement, the latest first.
SELECT * FROM agreement_period WHERE agreement = $1 ORDER BY seq DESC LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: PeriodsAfter :many
-- All periods that were ordered, for whoever checks that each has one order.
SELECT * FROM agreement_period WHERE state = 'ordered' AND (agreement > sqlc.arg(agreement) OR agreement = sqlc.arg(agreement) AND seq > sqlc.arg(seq))
ORDER BY agreement, seq LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: ForgetDrafts :execrows
DELETE FROM agreement WHERE id IN (
    SELECT a.id FROM agreement a WHERE a.state = 'draft' AND a.opened_at <= sqlc.arg(since) ORDER BY a.opened_at LIMIT CAST(sqlc.arg(most) AS BIGINT));
