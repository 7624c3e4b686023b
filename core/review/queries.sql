-- name: Get :one
SELECT * FROM review WHERE id = $1;

-- name: Own :one
SELECT * FROM review WHERE product = sqlc.arg(product) AND party = sqlc.arg(party) AND party <> '';

-- name: Add :execrows
-- Nothing when the party has a review of the product already.
INSERT INTO review (id, product, seller, party, author, lang, stars, body, pictures, state, reason, reply, replied_at, written_at, changed_at)
VALUES (sqlc.arg(id), sqlc.arg(product), sqlc.arg(seller), sqlc.arg(party), sqlc.arg(author), sqlc.arg(lang), sqlc.arg(stars),
    sqlc.arg(body), sqlc.arg(pictures), 'waiting', '', '', 0, sqlc.arg(at), sqlc.arg(at))
ON CONFLICT DO NOTHING;

-- name: Rewrite :execrows
-- What was changed waits again; what the seller has answered to the words before is taken off with them.
UPDATE review SET author = sqlc.arg(author), lang = sqlc.arg(lang), stars = sqlc.arg(stars), body = sqlc.arg(body),
    pictures = sqlc.arg(pictures), state = 'waiting', reason = '', reply = '', replied_at = 0, changed_at = sqlc.arg(at),
    version = version + 1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: Judge :execrows
UPDATE review SET state = sqlc.arg(state), reason = sqlc.arg(reason), version = version + 1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: Reply :execrows
UPDATE review SET reply = sqlc.arg(reply), replied_at = sqlc.arg(at), version = version + 1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: Withdraw :execrows
DELETE FROM review WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: Count :exec
-- Moves what a product has of each number of stars.
INSERT INTO review_rating (product, n1, n2, n3, n4, n5)
VALUES (sqlc.arg(product), sqlc.arg(n1), sqlc.arg(n2), sqlc.arg(n3), sqlc.arg(n4), sqlc.arg(n5))
ON CONFLICT (product) DO UPDATE SET n1 = review_rating.n1 + excluded.n1, n2 = review_rating.n2 + excluded.n2,
    n3 = review_rating.n3 + excluded.n3, n4 = review_rating.n4 + excluded.n4, n5 = review_rating.n5 + excluded.n5;

-- name: Uncount :exec
UPDATE review_rating SET n1 = n1 - sqlc.arg(n1), n2 = n2 - sqlc.arg(n2), n3 = n3 - sqlc.arg(n3), n4 = n4 - sqlc.arg(n4),
    n5 = n5 - sqlc.arg(n5)
WHERE product = sqlc.arg(product);

-- name: Ratings :many
SELECT * FROM review_rating WHERE product IN (SELECT value FROM json_each(cast(sqlc.arg(products) AS TEXT)));

-- name: ShownOf :many
-- The newest first, before an id.
SELECT * FROM review WHERE product = sqlc.arg(product) AND state = 'shown' AND id < sqlc.arg(before)
ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Queue :many
-- Those of a seller in a state, the oldest first, behind an id.
SELECT * FROM review WHERE seller = sqlc.arg(seller) AND state = sqlc.arg(state) AND id > sqlc.arg(after)
ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Waiting :one
SELECT COUNT(*) FROM review WHERE seller = sqlc.arg(seller) AND state = 'waiting';

-- name: OfParty :many
-- The newest first, before an id.
SELECT * FROM review WHERE party = sqlc.arg(party) AND party <> '' AND id < sqlc.arg(before)
ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Reviewed :many
-- Of which of some products a party has a review.
SELECT product FROM review WHERE product IN (SELECT value FROM json_each(cast(sqlc.arg(products) AS TEXT)))
    AND party = sqlc.arg(party) AND party <> '';

-- name: AllOfParty :many
SELECT * FROM review WHERE party = sqlc.arg(party) AND party <> '' ORDER BY id;

-- name: OfPartyAt :many
SELECT * FROM review WHERE party = sqlc.arg(party) AND party <> '' AND seller = sqlc.arg(seller)
ORDER BY id DESC LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: LeaveNameless :exec
UPDATE review SET party = '', author = '', version = version + 1 WHERE party = sqlc.arg(party) AND party <> '';

-- name: ForgetUnshown :exec
DELETE FROM review WHERE party = sqlc.arg(party) AND party <> '' AND state <> 'shown';

-- name: ForgetPictures :exec
DELETE FROM review_picture WHERE party = sqlc.arg(party);

-- name: Bring :exec
INSERT INTO review_picture (party, url, width, height, brought_at)
VALUES (sqlc.arg(party), sqlc.arg(url), sqlc.arg(width), sqlc.arg(height), sqlc.arg(at))
ON CONFLICT (party, url) DO UPDATE SET brought_at = excluded.brought_at;

-- name: BroughtSince :one
SELECT COUNT(*) FROM review_picture WHERE party = sqlc.arg(party) AND brought_at > sqlc.arg(since);

-- name: Brought :many
SELECT * FROM review_picture WHERE party = sqlc.arg(party)
    AND url IN (SELECT value FROM json_each(cast(sqlc.arg(urls) AS TEXT)));

-- name: BroughtBy :many
SELECT url FROM review_picture WHERE party = sqlc.arg(party) ORDER BY url;

-- name: Uneven :many
-- Products whose kept stars are not those of the reviews that are shown.
SELECT CAST(x.product AS TEXT) AS product, CAST(SUM(x.kept) AS BIGINT) AS kept, CAST(SUM(x.counted) AS BIGINT) AS counted
FROM (
    SELECT product, 1 AS stars, n1 AS kept, 0 AS counted FROM review_rating
    UNION ALL SELECT product, 2, n2, 0 FROM review_rating
    UNION ALL SELECT product, 3, n3, 0 FROM review_rating
    UNION ALL SELECT product, 4, n4, 0 FROM review_rating
    UNION ALL SELECT product, 5, n5, 0 FROM review_rating
    UNION ALL SELECT product, stars, 0, COUNT(*) FROM review WHERE state = 'shown' GROUP BY product, stars
) AS x
GROUP BY x.product, x.stars
HAVING SUM(x.kept) <> SUM(x.counted)
ORDER BY x.product
LIMIT 100;

-- name: Walk :many
SELECT * FROM review WHERE id > sqlc.arg(after) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);
