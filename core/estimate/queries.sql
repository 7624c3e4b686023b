-- name: Get :one
SELECT * FROM estimate WHERE id = $1;

-- name: Some :many
SELECT * FROM estimate WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: Add :exec
INSERT INTO estimate (id, product, variant, seller, party, person, lang, state, asked_at, body)
VALUES (sqlc.arg(id), sqlc.arg(product), sqlc.arg(variant), sqlc.arg(seller), sqlc.arg(party), sqlc.arg(person), sqlc.arg(lang), 'asked',
    sqlc.arg(asked_at), sqlc.arg(body));

-- name: AskedSince :one
SELECT COUNT(*) FROM estimate WHERE party = sqlc.arg(party) AND party <> '' AND asked_at > sqlc.arg(since);

-- name: Step :execrows
-- Moves an estimate on, in the version that was read.
UPDATE estimate SET state = sqlc.arg(state), until_at = sqlc.arg(until_at), order_ref = sqlc.arg(order_ref), line = sqlc.arg(line),
    rest = sqlc.arg(rest), rest_order = sqlc.arg(rest_order), rest_line = sqlc.arg(rest_line), body = sqlc.arg(body), version = version + 1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: OfParty :many
-- The newest first, before an id.
SELECT * FROM estimate WHERE party = sqlc.arg(party) AND party <> '' AND id < sqlc.arg(before)
ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: OfOrder :many
SELECT * FROM estimate WHERE order_ref = sqlc.arg(order_ref) AND order_ref <> '' ORDER BY id;

-- name: Queue :many
-- Those of a seller in a state, the oldest first, behind an id.
SELECT * FROM estimate WHERE seller = sqlc.arg(seller) AND state = sqlc.arg(state) AND id > sqlc.arg(after)
ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Waiting :one
SELECT COUNT(*) FROM estimate WHERE seller = $1 AND state = 'asked';

-- name: Over :many
-- Those whose price has lapsed.
SELECT * FROM estimate WHERE state IN ('answered', 'accepted') AND until_at <= sqlc.arg(now) ORDER BY until_at, id
LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: LapseAll :exec
UPDATE estimate SET state = 'lapsed', version = version + 1
WHERE state IN ('answered', 'accepted') AND id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: Forget :exec
-- What a party has asked and not ordered is gone.
DELETE FROM estimate WHERE party = sqlc.arg(party) AND party <> '' AND order_ref = '';

-- name: LeaveNameless :exec
UPDATE estimate SET party = '', person = '', version = version + 1 WHERE party = sqlc.arg(party) AND party <> '';
