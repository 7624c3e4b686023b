-- name: Join :execrows
-- Nothing when he waits for the same already.
INSERT INTO waitlist (id, kind, line, seller, product, party, person, email, lang, places, starts_at, ends_at, closes_at, name, label, body, state, asked_at, until_at, ref)
VALUES (sqlc.arg(id), sqlc.arg(kind), sqlc.arg(line), sqlc.arg(seller), sqlc.arg(product), sqlc.arg(party), sqlc.arg(person), sqlc.arg(email), sqlc.arg(lang),
    sqlc.arg(places), sqlc.arg(starts_at), sqlc.arg(ends_at), sqlc.arg(closes_at), sqlc.arg(name), sqlc.arg(label), sqlc.arg(body), 'waiting',
    sqlc.arg(asked_at), 0, '')
ON CONFLICT DO NOTHING;

-- name: Waits :many
SELECT * FROM waitlist WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) ORDER BY asked_at, id;

-- name: Same :many
-- Who waits for the same, and is this one.
SELECT * FROM waitlist WHERE line = sqlc.arg(line) AND starts_at = sqlc.arg(starts_at) AND ends_at = sqlc.arg(ends_at)
    AND party = sqlc.arg(party) AND email = sqlc.arg(email) AND state IN ('waiting', 'offered', 'taken');

-- name: CountParty :one
SELECT COUNT(*) FROM waitlist WHERE party = sqlc.arg(party) AND party <> '' AND state IN ('waiting', 'offered', 'taken');

-- name: CountEmail :one
SELECT COUNT(*) FROM waitlist WHERE email = sqlc.arg(email) AND email <> '' AND state IN ('waiting', 'offered', 'taken');

-- name: CountLine :one
SELECT COUNT(*) FROM waitlist WHERE line = sqlc.arg(line) AND state IN ('waiting', 'offered');

-- name: OfParty :many
SELECT * FROM waitlist WHERE party = sqlc.arg(party) AND party <> '' ORDER BY asked_at, id;

-- name: OfEmail :many
SELECT * FROM waitlist WHERE email = sqlc.arg(email) AND email <> '' ORDER BY asked_at, id;

-- name: OfProduct :many
SELECT * FROM waitlist WHERE product = sqlc.arg(product) AND state IN ('waiting', 'offered') ORDER BY asked_at, id;

-- name: OfSeller :many
-- Everybody who waits for things of a seller, or for one product of his, line by line in the order of asking.
SELECT * FROM waitlist WHERE seller = sqlc.arg(seller) AND (line, asked_at, id) > (sqlc.arg(line), CAST(sqlc.arg(asked_at) AS BIGINT), sqlc.arg(id))
    AND state IN ('waiting', 'offered', 'taken') AND (CAST(sqlc.arg(product) AS TEXT) = '' OR product = CAST(sqlc.arg(product) AS TEXT))
ORDER BY line, asked_at, id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Products :many
-- The products of a seller for which somebody waits.
SELECT DISTINCT product FROM waitlist WHERE seller = sqlc.arg(seller) AND state IN ('waiting', 'offered', 'taken')
ORDER BY product LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Lines :many
-- The lines in which somebody stands, behind one.
SELECT DISTINCT line FROM waitlist WHERE line > sqlc.arg(after) AND state IN ('waiting', 'offered') ORDER BY line LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Standing :many
-- Who waits in some lines, or has an offer, in the order of asking.
SELECT * FROM waitlist WHERE line IN (SELECT value FROM json_each(cast(sqlc.arg(lines) AS TEXT))) AND state IN ('waiting', 'offered') ORDER BY asked_at, id;

-- name: OfferedIn :many
-- The offer to a party in a line, if there is one.
SELECT * FROM waitlist WHERE line = sqlc.arg(line) AND party = sqlc.arg(party) AND party <> '' AND state = 'offered' AND until_at > sqlc.arg(now)
ORDER BY until_at LIMIT 1;

-- name: Ahead :many
-- How many wait before each of some who wait for some of the same time.
SELECT w.id, COUNT(o.id) AS ahead FROM waitlist w LEFT JOIN waitlist o ON o.line = w.line AND o.state = 'waiting'
    AND o.starts_at < w.ends_at AND o.ends_at > w.starts_at AND (o.asked_at, o.id) < (w.asked_at, w.id)
WHERE w.id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) GROUP BY w.id;

-- name: Offer :execrows
UPDATE waitlist SET state = 'offered', until_at = sqlc.arg(until_at) WHERE id = sqlc.arg(id) AND state = 'waiting';

-- name: Hand :execrows
-- Hands over some of what is offered; when nothing is left, it is taken.
UPDATE waitlist SET places = places - sqlc.arg(n), ref = sqlc.arg(ref), state = CASE WHEN places = sqlc.arg(n) THEN 'taken' ELSE state END
WHERE id = sqlc.arg(id) AND state = 'offered' AND places >= sqlc.arg(n);

-- name: Due :many
-- Whose time is over: of offers, of what was made of them, and of what is kept only to be shown; the oldest first.
SELECT * FROM waitlist WHERE until_at > 0 AND until_at <= sqlc.arg(now) ORDER BY until_at LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: End :execrows
-- Ends some who wait or have an offer. They are shown for a while.
UPDATE waitlist SET state = sqlc.arg(state), until_at = sqlc.arg(until_at)
WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) AND state IN ('waiting', 'offered');

-- name: Drop :exec
DELETE FROM waitlist WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: Offers :many
-- Offers whose time is not over.
SELECT id FROM waitlist WHERE state = 'offered' AND until_at > sqlc.arg(now) ORDER BY until_at LIMIT CAST(sqlc.arg(page) AS BIGINT);
