-- name: AddGift :exec
INSERT INTO gift (id, seller, variant, currency, face, party, order_ref, line, lang, body, send_day, hash, hint, until_day,
    made_at, paid_at, sent_at, ended_at, lost)
VALUES (sqlc.arg(id), sqlc.arg(seller), sqlc.arg(variant), sqlc.arg(currency), sqlc.arg(face), sqlc.arg(party), '', '',
    sqlc.arg(lang), sqlc.arg(body), sqlc.arg(send_day), '', '', '', sqlc.arg(made_at), 0, 0, 0, 0);

-- name: SomeGifts :many
SELECT * FROM gift WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) ORDER BY id;

-- name: ByHash :many
SELECT * FROM gift WHERE hash = sqlc.arg(hash) AND hash <> '';

-- name: OfOrder :many
SELECT * FROM gift WHERE order_ref = sqlc.arg(order_ref) AND order_ref <> '' ORDER BY id;

-- name: OfParty :many
SELECT * FROM gift WHERE party = sqlc.arg(party) AND party <> '' AND order_ref <> '' ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: OfSeller :many
-- The newest first; what was only chosen is not shown.
SELECT * FROM gift WHERE seller = sqlc.arg(seller) AND id < sqlc.arg(before) AND order_ref <> ''
ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: After :many
SELECT * FROM gift WHERE id > sqlc.arg(after) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Place :execrows
-- Once: nobody orders it a second time.
UPDATE gift SET order_ref = sqlc.arg(order_ref), line = sqlc.arg(line), party = sqlc.arg(party), lang = sqlc.arg(lang)
WHERE id = sqlc.arg(id) AND order_ref = '';

-- name: Pay :execrows
UPDATE gift SET paid_at = sqlc.arg(at), until_day = sqlc.arg(until_day)
WHERE id = sqlc.arg(id) AND order_ref <> '' AND paid_at = 0 AND ended_at = 0;

-- name: SetCode :execrows
UPDATE gift SET hash = sqlc.arg(hash), hint = sqlc.arg(hint), sent_at = sqlc.arg(at)
WHERE id = sqlc.arg(id) AND paid_at > 0 AND ended_at = 0;

-- name: ToSend :many
SELECT id FROM gift WHERE paid_at > 0 AND sent_at = 0 AND ended_at = 0 AND send_day <= sqlc.arg(day)
ORDER BY send_day LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Over :many
SELECT * FROM gift WHERE paid_at > 0 AND ended_at = 0 AND until_day < sqlc.arg(day)
ORDER BY until_day LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: EndGift :execrows
UPDATE gift SET ended_at = sqlc.arg(at), lost = lost + sqlc.arg(lost) WHERE id = sqlc.arg(id) AND ended_at = 0;

-- name: Revive :exec
-- What has gone back onto a certificate can be spent, also when it had run out.
UPDATE gift SET ended_at = 0, until_day = sqlc.arg(until_day) WHERE id = sqlc.arg(id);

-- name: ForgetDrafts :execrows
DELETE FROM gift WHERE id IN (
    SELECT g.id FROM gift g WHERE g.order_ref = '' AND g.made_at <= sqlc.arg(since)
    ORDER BY g.made_at LIMIT CAST(sqlc.arg(most) AS BIGINT));

-- name: AddUse :exec
INSERT INTO gift_use (order_ref, gift, amount, back, at)
VALUES (sqlc.arg(order_ref), sqlc.arg(gift), sqlc.arg(amount), 0, sqlc.arg(at));

-- name: UsesOf :many
SELECT * FROM gift_use WHERE gift IN (SELECT value FROM json_each(cast(sqlc.arg(gifts) AS TEXT))) ORDER BY gift, order_ref;

-- name: UseOf :many
SELECT * FROM gift_use WHERE order_ref = sqlc.arg(order_ref);

-- name: GiveBack :execrows
UPDATE gift_use SET back = back + sqlc.arg(amount) WHERE order_ref = sqlc.arg(order_ref) AND back + sqlc.arg(amount) <= amount;

-- name: LeaveParty :exec
UPDATE gift SET party = '' WHERE party = sqlc.arg(party) AND party <> '';
