-- name: OpenCart :exec
INSERT INTO cart (id, party, currency, lang, version, state, lines, address, email, phone, delivery, learn, remind, order_ref, opened_at, touched_at)
VALUES (sqlc.arg(id), sqlc.arg(party), sqlc.arg(currency), sqlc.arg(lang), 1, 'open', 0, '', '', '', '',
    sqlc.arg(learn), sqlc.arg(remind), '', sqlc.arg(at), sqlc.arg(at));

-- name: Stand :exec
INSERT INTO cart (id, party, currency, lang, version, state, lines, address, email, phone, delivery, learn, remind, order_ref, opened_at, touched_at, standing)
VALUES (sqlc.arg(id), sqlc.arg(party), sqlc.arg(currency), sqlc.arg(lang), 1, 'open', 0, '', '', '', '', 0, 0, '',
    sqlc.arg(at), sqlc.arg(at), sqlc.arg(standing));

-- name: Drop :many
-- Ends a standing basket that became no order, and forgets what it says about a person.
UPDATE cart SET state = 'expired', version = version + 1, address = '', email = '', phone = '', coupons = '', gift = '', party = ''
WHERE id = sqlc.arg(id) AND state = 'open' AND standing <> ''
RETURNING id;

-- name: GetCart :one
SELECT * FROM cart WHERE id = $1;

-- name: OpenOf :one
SELECT * FROM cart WHERE party = $1 AND state = 'open' AND party <> '' AND standing = '';

-- name: Lines :many
SELECT * FROM cart_line WHERE cart = $1 ORDER BY added_at, id;

-- name: Touch :many
-- Marks a change of an open basket, and makes room for so many more lines. On PostgreSQL this row is what two devices queue at.
UPDATE cart SET version = version + 1, touched_at = sqlc.arg(at), lines = lines + sqlc.arg(more)
WHERE id = sqlc.arg(id) AND state = 'open'
RETURNING *;

-- name: AddLine :many
-- Adds a line, or adds to the line of that variant unless it would become too much.
INSERT INTO cart_line (cart, id, variant, product, seller, quantity, price_seen, price_currency, source, added_at,
    answers)
VALUES (sqlc.arg(cart), sqlc.arg(id), sqlc.arg(variant), sqlc.arg(product), sqlc.arg(seller), sqlc.arg(quantity),
    sqlc.arg(price_seen), sqlc.arg(price_currency), sqlc.arg(source), sqlc.arg(added_at), sqlc.arg(answers))
ON CONFLICT (cart, variant) DO UPDATE SET quantity = cart_line.quantity + sqlc.arg(quantity),
    price_seen = sqlc.arg(price_seen), price_currency = sqlc.arg(price_currency)
WHERE cart_line.quantity + sqlc.arg(quantity) <= sqlc.arg(most)
RETURNING *;

-- name: UncountLine :exec
UPDATE cart SET lines = lines - 1 WHERE id = $1;

-- name: Fill :exec
-- All that joining another basket may change, and touches the basket.
UPDATE cart SET lines = sqlc.arg(lines), address = sqlc.arg(address), email = sqlc.arg(email), phone = sqlc.arg(phone),
    delivery = sqlc.arg(delivery), coupons = sqlc.arg(coupons), gift = sqlc.arg(gift), learn = sqlc.arg(learn), remind = sqlc.arg(remind),
    version = version + 1, touched_at = sqlc.arg(at)
WHERE id = sqlc.arg(id);

-- name: Forget :exec
-- Forgets what a basket says about a person.
UPDATE cart SET address = '', email = '', phone = '', coupons = '', gift = '' WHERE id = $1;

-- name: GetLine :one
SELECT * FROM cart_line WHERE cart = $1 AND id = $2;

-- name: SetQuantity :exec
UPDATE cart_line SET quantity = $3 WHERE cart = $1 AND id = $2;

-- name: RemoveLine :many
DELETE FROM cart_line WHERE cart = $1 AND id = $2 RETURNING *;

-- name: SetAddress :many
-- Touches the basket as well.
UPDATE cart SET address = sqlc.arg(address), version = version + 1, touched_at = sqlc.arg(at)
WHERE id = sqlc.arg(id) AND state = 'open'
RETURNING *;

-- name: SetContact :many
-- Touches the basket as well.
UPDATE cart SET email = sqlc.arg(email), phone = sqlc.arg(phone), version = version + 1, touched_at = sqlc.arg(at)
WHERE id = sqlc.arg(id) AND state = 'open'
RETURNING *;

-- name: SendTo :many
-- Touches the basket as well. No mail address leaves the one that is there.
UPDATE cart SET address = sqlc.arg(address), phone = sqlc.arg(phone), version = version + 1, touched_at = sqlc.arg(at),
    email = CASE WHEN cast(sqlc.arg(email) AS TEXT) = '' THEN email ELSE cast(sqlc.arg(email) AS TEXT) END
WHERE id = sqlc.arg(id) AND state = 'open'
RETURNING *;

-- name: SetDelivery :exec
-- Touches the basket as well.
UPDATE cart SET delivery = sqlc.arg(delivery), version = version + 1, touched_at = sqlc.arg(at)
WHERE id = sqlc.arg(id) AND state = 'open';

-- name: SetCoupons :exec
UPDATE cart SET coupons = $2 WHERE id = $1;

-- name: SetGift :exec
UPDATE cart SET gift = $2 WHERE id = $1;

-- name: SetConsent :exec
UPDATE cart SET learn = $2, remind = $3 WHERE id = $1;

-- name: SetLang :exec
UPDATE cart SET lang = $2 WHERE id = $1;

-- name: Adopt :exec
UPDATE cart SET party = $2 WHERE id = $1;

-- name: Finish :many
-- Ends an open basket, with what it became.
UPDATE cart SET state = sqlc.arg(state), order_ref = sqlc.arg(order_ref), version = version + 1, touched_at = sqlc.arg(at)
WHERE id = sqlc.arg(id) AND state = 'open'
RETURNING *;

-- name: ExpireSome :many
-- Ends baskets that nobody has touched since, the oldest first, and forgets what they say about a person.
UPDATE cart SET state = 'expired', version = version + 1, address = '', email = '', phone = '', coupons = '', gift = '', party = ''
WHERE id IN (
    SELECT c.id FROM cart c WHERE c.state = 'open' AND c.touched_at <= sqlc.arg(since)
    ORDER BY c.touched_at LIMIT CAST(sqlc.arg(most) AS BIGINT))
RETURNING id;

-- name: ForgetSome :execrows
-- Forgets how to reach the buyers of baskets that ended long ago, and which codes they had; their orders have their own
-- copies.
UPDATE cart SET address = '', email = '', phone = '', coupons = '', gift = ''
WHERE id IN (
    SELECT c.id FROM cart c
    WHERE c.state <> 'open' AND c.touched_at <= sqlc.arg(since) AND c.address || c.email || c.phone || c.coupons <> ''
    ORDER BY c.touched_at LIMIT CAST(sqlc.arg(most) AS BIGINT));

-- name: Ends :many
-- What became of some baskets.
SELECT id, state, order_ref FROM cart WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: OrderedAfter :many
-- The baskets after an id that were ordered, for whoever checks that each has its order.
SELECT id, order_ref FROM cart WHERE state = 'ordered' AND id > sqlc.arg(after) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Leave :many
-- Ends the open basket of a party, and forgets whose it was.
UPDATE cart SET state = 'expired', version = version + 1, address = '', email = '', phone = '', coupons = '', gift = '', party = ''
WHERE party = sqlc.arg(party) AND state = 'open' AND party <> ''
RETURNING id;
