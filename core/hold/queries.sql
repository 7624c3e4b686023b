-- name: Claims :many
SELECT owner, key, quantity, state, until FROM hold_claim WHERE owner = $1 ORDER BY key;

-- name: ClaimsOn :many
SELECT owner, key, quantity, state, until FROM hold_claim
WHERE key = $1 AND owner > sqlc.arg(after) ORDER BY owner LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: LiveClaims :many
SELECT owner, key, quantity, state, until FROM hold_claim
WHERE (owner, key) > (sqlc.arg(owner), sqlc.arg(key)) AND state <> 'lapsed'
ORDER BY owner, key LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: GetPool :one
SELECT key, subject, capacity, beyond, taken, mark FROM hold_pool WHERE key = $1;

-- name: TakeSome :many
-- Takes from a pool, if there is enough. No row when there is not, or no such pool.
UPDATE hold_pool SET taken = taken + sqlc.arg(n)
WHERE key = sqlc.arg(key) AND taken + sqlc.arg(n) <= capacity + beyond
RETURNING key, subject, capacity, beyond, taken, mark;

-- name: GiveSome :many
-- Gives back to a pool what was taken.
UPDATE hold_pool SET taken = taken - sqlc.arg(n)
WHERE key = sqlc.arg(key) AND taken >= sqlc.arg(n)
RETURNING key, subject, capacity, beyond, taken, mark;

-- name: ConsumeSome :many
-- Takes units out of a pool that were promised. What is left to promise stays the same.
UPDATE hold_pool SET capacity = capacity - sqlc.arg(n), taken = taken - sqlc.arg(n)
WHERE key = sqlc.arg(key) AND taken >= sqlc.arg(n) AND capacity >= sqlc.arg(n)
RETURNING key, subject, capacity, beyond, taken, mark;

-- name: RestoreSome :many
-- Puts units back that were taken out while they were promised. What is left to promise stays the same. No row when the
-- pool would become too large, or there is no such pool.
UPDATE hold_pool SET capacity = capacity + sqlc.arg(n), taken = taken + sqlc.arg(n)
WHERE key = sqlc.arg(key) AND capacity + sqlc.arg(n) <= sqlc.arg(most)
RETURNING key, subject, capacity, beyond, taken, mark;

-- name: Regain :execrows
-- Makes a confirmed claim of an owner larger, or new. No row when the owner has one that is not confirmed.
INSERT INTO hold_claim (owner, key, quantity, state, until)
VALUES (sqlc.arg(owner), sqlc.arg(key), sqlc.arg(n), 'confirmed', 0)
ON CONFLICT (owner, key) DO UPDATE SET quantity = hold_claim.quantity + sqlc.arg(n)
WHERE hold_claim.state = 'confirmed';

-- name: Grow :many
-- Opens a pool or adds to its capacity. No row when it would become too large.
INSERT INTO hold_pool (key, subject, capacity, beyond, taken, mark)
VALUES (sqlc.arg(key), sqlc.arg(subject), sqlc.arg(n), 0, 0, 0)
ON CONFLICT (key) DO UPDATE SET capacity = hold_pool.capacity + sqlc.arg(n)
WHERE hold_pool.capacity + sqlc.arg(n) <= sqlc.arg(most)
RETURNING key, subject, capacity, beyond, taken, mark;

-- name: Shrink :many
-- Takes from the capacity, if that much is there and not promised.
UPDATE hold_pool SET capacity = capacity - sqlc.arg(n)
WHERE key = sqlc.arg(key) AND capacity >= sqlc.arg(n) AND taken <= capacity - sqlc.arg(n) + beyond
RETURNING key, subject, capacity, beyond, taken, mark;

-- name: SetBeyond :exec
UPDATE hold_pool SET beyond = sqlc.arg(beyond) WHERE key = sqlc.arg(key);

-- name: SetMark :exec
UPDATE hold_pool SET mark = sqlc.arg(mark) WHERE key = sqlc.arg(key);

-- name: OpenPool :exec
INSERT INTO hold_pool (key, subject, capacity, beyond, taken, mark)
VALUES (sqlc.arg(key), sqlc.arg(subject), 0, sqlc.arg(beyond), 0, sqlc.arg(mark));

-- name: Renew :exec
UPDATE hold_claim SET until = sqlc.arg(until) WHERE owner = sqlc.arg(owner) AND state = 'held';

-- name: Settle :many
-- Confirms all that is held and tells about every claim of the owner; lapsed ones stay lapsed.
UPDATE hold_claim
SET until = CASE WHEN state = 'lapsed' THEN until ELSE 0 END,
    state = CASE WHEN state = 'lapsed' THEN state ELSE 'confirmed' END
WHERE owner = $1
RETURNING key, quantity, state;

-- name: Revive :exec
UPDATE hold_claim SET state = 'confirmed', until = 0 WHERE owner = $1 AND state = 'lapsed';

-- name: Drop :many
-- Ends all claims of an owner.
DELETE FROM hold_claim WHERE owner = $1 RETURNING key, quantity, state;

-- name: DropOne :exec
DELETE FROM hold_claim WHERE owner = $1 AND key = $2;

-- name: Lessen :exec
UPDATE hold_claim SET quantity = quantity - sqlc.arg(n) WHERE owner = sqlc.arg(owner) AND key = sqlc.arg(key);

-- name: Lapse :many
-- Marks held claims whose time has passed, the oldest first.
UPDATE hold_claim SET state = 'lapsed'
WHERE (owner, key) IN (
    SELECT c.owner, c.key FROM hold_claim c
    WHERE c.state = 'held' AND c.until > 0 AND c.until <= sqlc.arg(now)
    ORDER BY c.until LIMIT CAST(sqlc.arg(most) AS BIGINT))
RETURNING key, quantity;

-- name: Forget :execrows
-- Drops what lapsed long ago.
DELETE FROM hold_claim
WHERE (owner, key) IN (
    SELECT c.owner, c.key FROM hold_claim c
    WHERE c.state = 'lapsed' AND c.until > 0 AND c.until <= sqlc.arg(before)
    ORDER BY c.until LIMIT CAST(sqlc.arg(most) AS BIGINT));

-- name: Uneven :many
-- Pools whose taken is not the sum of their live claims.
SELECT p.key, p.taken, CAST(COALESCE(SUM(c.quantity), 0) AS BIGINT) AS claimed
FROM hold_pool p LEFT JOIN hold_claim c ON c.key = p.key AND c.state <> 'lapsed'
GROUP BY p.key, p.taken
HAVING p.taken <> CAST(COALESCE(SUM(c.quantity), 0) AS BIGINT)
ORDER BY p.key LIMIT 1000;

-- name: NoteShort :exec
-- Remembers those of some pools of which little is left now.
INSERT INTO hold_short (key, place, subject)
SELECT p.key, substr(p.key, 1, length(p.key) - length(p.subject)), p.subject FROM hold_pool p
WHERE p.key IN (SELECT value FROM json_each(cast(sqlc.arg(keys) AS TEXT)))
    AND p.capacity + p.beyond - p.taken <= p.mark AND substr(p.key, length(p.key) - length(p.subject) + 1) = p.subject
ON CONFLICT (key) DO NOTHING;

-- name: DropShort :exec
DELETE FROM hold_short WHERE key IN (SELECT value FROM json_each(cast(sqlc.arg(keys) AS TEXT)));

-- name: RestShort :exec
DELETE FROM hold_short
WHERE place IN (SELECT value FROM json_each(cast(sqlc.arg(places) AS TEXT)))
    AND subject IN (SELECT value FROM json_each(cast(sqlc.arg(subjects) AS TEXT)));

-- name: Shorts :many
SELECT p.key, p.subject, p.capacity, p.beyond, p.taken, p.mark FROM hold_short h JOIN hold_pool p ON p.key = h.key
WHERE h.key > sqlc.arg(after) ORDER BY h.key LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: CountShort :one
-- Counts pools of some places of which little or nothing is left, up to a number of them.
SELECT CAST(COALESCE(SUM(CASE WHEN s.rest > 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS low,
    CAST(COALESCE(SUM(CASE WHEN s.rest > 0 THEN 0 ELSE 1 END), 0) AS BIGINT) AS gone
FROM (
    SELECT p.capacity + p.beyond - p.taken AS rest FROM hold_short h JOIN hold_pool p ON p.key = h.key
    WHERE h.place IN (SELECT value FROM json_each(cast(sqlc.arg(places) AS TEXT))) AND p.capacity + p.beyond - p.taken <= p.mark
    LIMIT CAST(sqlc.arg(most) AS BIGINT)
) AS s;

-- name: LowPools :many
-- Pools of which something is left, and no more than their mark, by place and subject.
SELECT p.key, p.subject, p.capacity, p.beyond, p.taken, p.mark FROM hold_short h JOIN hold_pool p ON p.key = h.key
WHERE h.place IN (SELECT value FROM json_each(cast(sqlc.arg(places) AS TEXT)))
    AND (h.place, h.subject) > (sqlc.arg(place), sqlc.arg(subject))
    AND p.capacity + p.beyond - p.taken > 0 AND p.capacity + p.beyond - p.taken <= p.mark
ORDER BY h.place, h.subject LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: GonePools :many
-- Pools of which nothing is left, by place and subject.
SELECT p.key, p.subject, p.capacity, p.beyond, p.taken, p.mark FROM hold_short h JOIN hold_pool p ON p.key = h.key
WHERE h.place IN (SELECT value FROM json_each(cast(sqlc.arg(places) AS TEXT)))
    AND (h.place, h.subject) > (sqlc.arg(place), sqlc.arg(subject)) AND p.capacity + p.beyond - p.taken <= 0
ORDER BY h.place, h.subject LIMIT CAST(sqlc.arg(page) AS BIGINT);
