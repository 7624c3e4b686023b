-- name: OfParty :one
SELECT * FROM wish_list WHERE party = $1 AND party <> '';

-- name: OfGuest :one
SELECT * FROM wish_list WHERE id = $1 AND party = '';

-- name: Open :execrows
-- Nothing when the party has a list already.
INSERT INTO wish_list (id, party, things, opened_at, touched_at)
VALUES (sqlc.arg(id), sqlc.arg(party), 0, sqlc.arg(at), sqlc.arg(at))
ON CONFLICT DO NOTHING;

-- name: PartysThings :many
-- What a party keeps, the latest first.
SELECT w.* FROM wish_list l JOIN wish w ON w.list = l.id WHERE l.party = sqlc.arg(party) AND l.party <> ''
ORDER BY w.kept_at DESC, w.product DESC;

-- name: GuestsThings :many
-- What is on a guest's list, the latest first. That of a party is as unknown as none.
SELECT w.* FROM wish_list l JOIN wish w ON w.list = l.id WHERE l.id = sqlc.arg(id) AND l.party = ''
ORDER BY w.kept_at DESC, w.product DESC;

-- name: Thing :one
SELECT * FROM wish WHERE list = sqlc.arg(list) AND product = sqlc.arg(product);

-- name: Put :execrows
-- Nothing when the product is on the list already.
INSERT INTO wish (list, product, variant, seller, price_seen, price_currency, kept_at)
VALUES (sqlc.arg(list), sqlc.arg(product), sqlc.arg(variant), sqlc.arg(seller), sqlc.arg(price_seen), sqlc.arg(price_currency), sqlc.arg(kept_at))
ON CONFLICT DO NOTHING;

-- name: Choose :exec
-- Another variant of a product is meant from now on, with the price that was seen of it.
UPDATE wish SET variant = sqlc.arg(variant), price_seen = sqlc.arg(price_seen), price_currency = sqlc.arg(price_currency), kept_at = sqlc.arg(kept_at), told = 0
WHERE list = sqlc.arg(list) AND product = sqlc.arg(product);

-- name: Count :execrows
-- Makes room for one more thing.
UPDATE wish_list SET things = things + 1, touched_at = sqlc.arg(at) WHERE id = sqlc.arg(id) AND things < sqlc.arg(most);

-- name: Uncount :exec
UPDATE wish_list SET things = things - 1, touched_at = sqlc.arg(at) WHERE id = sqlc.arg(id);

-- name: Take :many
DELETE FROM wish WHERE list = sqlc.arg(list) AND product = sqlc.arg(product) RETURNING *;

-- name: Adopt :exec
UPDATE wish_list SET party = sqlc.arg(party), touched_at = sqlc.arg(at) WHERE id = sqlc.arg(id);

-- name: Both :many
-- What is on two lists.
SELECT a.* FROM wish a JOIN wish b ON b.product = a.product WHERE a.list = sqlc.arg(one) AND b.list = sqlc.arg(other);

-- name: Bring :execrows
-- Copies to a list what another one has more.
INSERT INTO wish (list, product, variant, seller, price_seen, price_currency, kept_at)
SELECT cast(sqlc.arg(into_list) AS TEXT), w.product, w.variant, w.seller, w.price_seen, w.price_currency, w.kept_at
FROM wish w WHERE w.list = sqlc.arg(from_list)
ON CONFLICT DO NOTHING;

-- name: Recount :exec
UPDATE wish_list SET things = sqlc.arg(things), touched_at = sqlc.arg(at) WHERE id = sqlc.arg(id);

-- name: Empty :exec
DELETE FROM wish WHERE list IN (SELECT value FROM json_each(cast(sqlc.arg(lists) AS TEXT)));

-- name: Close :exec
DELETE FROM wish_list WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(lists) AS TEXT)));

-- name: Untouched :many
-- Lists of guests that nobody has touched since, the oldest first.
SELECT id FROM wish_list WHERE party = '' AND touched_at <= sqlc.arg(since)
ORDER BY touched_at LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: Keepers :many
-- On how many lists products of a seller are. One that is on none is left out.
SELECT product, COUNT(*) AS lists FROM wish
WHERE product IN (SELECT value FROM json_each(cast(sqlc.arg(products) AS TEXT))) AND seller = sqlc.arg(seller)
GROUP BY product;

-- name: Untold :many
-- Lists of parties that were told of no fallen price since, in the order of their ids.
SELECT id, party FROM wish_list WHERE id > sqlc.arg(after) AND party <> '' AND told_at <= sqlc.arg(since)
ORDER BY id LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: ThingsOf :many
-- What is on lists and was kept at a price.
SELECT * FROM wish WHERE list IN (SELECT value FROM json_each(cast(sqlc.arg(lists) AS TEXT))) AND price_seen > 0
ORDER BY list, kept_at DESC, product DESC;

-- name: SetTold :exec
UPDATE wish SET told = sqlc.arg(told) WHERE list = sqlc.arg(list) AND product = sqlc.arg(product);

-- name: ListNamed :one
SELECT * FROM wish_list WHERE id = sqlc.arg(id);

-- name: SetToldAt :exec
UPDATE wish_list SET told_at = sqlc.arg(at), stop = sqlc.arg(stop) WHERE id = sqlc.arg(id);

-- name: Stopping :one
SELECT party FROM wish_list WHERE stop = sqlc.arg(stop) AND stop <> '';

-- name: Uneven :many
-- Lists whose kept number is not that of their things.
SELECT l.id, l.things, CAST(COUNT(w.product) AS BIGINT) AS counted FROM wish_list l LEFT JOIN wish w ON w.list = l.id
GROUP BY l.id, l.things HAVING COUNT(w.product) <> l.things
ORDER BY l.id LIMIT 100;
