-- name: DueDeliveries :many
-- The oldest that are due. One that is older but due later (it pauses, is leased or parked) holds back those behind it.
-- How many are ahead of each in its line is counted up to a batch, so that the taker leaves no gap. Only the first of a line are
-- looked at, as many as a batch: the others cannot be taken yet, and a long line would be looked through once for each of them.
-- The reaction is put together with nothing so that no index is taken by it: what is due is read in its order, up to a batch.
SELECT d.reaction, d.key, d.fact, d.due, d.tries, f.body, cast((
  SELECT count(*) FROM (
    SELECT 1 FROM delivery a WHERE a.reaction = d.reaction AND a.key = d.key AND a.fact < d.fact LIMIT 64) AS line
  ) AS BIGINT) AS ahead
FROM delivery d JOIN fact f ON f.id = d.fact
WHERE d.due <= sqlc.arg(now)
  AND d.reaction || '' IN (SELECT value FROM json_each(cast(sqlc.arg(reactions) AS TEXT)))
  AND (SELECT count(*) FROM (
    SELECT 1 FROM delivery b WHERE b.reaction = d.reaction AND b.key = d.key AND b.fact < d.fact LIMIT 64) AS line) < 64
  AND NOT EXISTS (
    SELECT 1 FROM (
      SELECT e.due FROM delivery e
      WHERE e.reaction = d.reaction AND e.key = d.key AND e.fact < d.fact ORDER BY e.fact LIMIT 64) AS line
    WHERE line.due > d.due)
ORDER BY d.due, d.fact LIMIT 64;

-- name: ReturnDelivery :exec
UPDATE delivery SET lease_by = '', due = sqlc.arg(due)
WHERE reaction = sqlc.arg(reaction) AND key = sqlc.arg(key) AND fact = sqlc.arg(fact) AND lease_by = sqlc.arg(lease_by);

-- name: FailDelivery :execrows
UPDATE delivery SET lease_by = '', due = sqlc.arg(due), tries = tries + 1, parked = sqlc.arg(parked), error = sqlc.arg(error)
WHERE reaction = sqlc.arg(reaction) AND key = sqlc.arg(key) AND fact = sqlc.arg(fact) AND lease_by = sqlc.arg(lease_by);

-- name: HoldBack :exec
-- Those behind one that failed wait as long as it does. The ones that this taker holds are given back with it.
UPDATE delivery SET lease_by = '', due = sqlc.arg(due)
WHERE reaction = sqlc.arg(reaction) AND key = sqlc.arg(key) AND fact > sqlc.arg(fact)
  AND (lease_by = '' OR lease_by = sqlc.arg(lease_by));

-- name: GetDelivery :one
SELECT * FROM delivery WHERE reaction = sqlc.arg(reaction) AND fact = sqlc.arg(fact) AND key = (
  SELECT f.key FROM fact f WHERE f.id = sqlc.arg(fact));

-- name: RetryDelivery :exec
UPDATE delivery SET due = sqlc.arg(due), tries = 0, parked = 0
WHERE reaction = sqlc.arg(reaction) AND key = sqlc.arg(key) AND fact = sqlc.arg(fact);

-- name: DropDelivery :exec
DELETE FROM delivery WHERE reaction = sqlc.arg(reaction) AND key = sqlc.arg(key) AND fact = sqlc.arg(fact);

-- name: CountDeliveries :many
-- One row a reaction that has anything left to do.
SELECT reaction, count(*) AS waiting, cast(coalesce(sum(parked), 0) AS BIGINT) AS parked, cast(min(fact) AS TEXT) AS oldest
FROM delivery GROUP BY reaction ORDER BY reaction;

-- name: FreshFacts :many
-- Ids only: most of them are known already.
SELECT id FROM fact
WHERE name IN (SELECT value FROM json_each(cast(sqlc.arg(names) AS TEXT))) AND id > sqlc.arg(after)
ORDER BY id;

-- name: FactsByID :many
SELECT id, name, body FROM fact
WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) ORDER BY id;

-- name: ForgetFacts :execrows
DELETE FROM fact WHERE id IN (
  SELECT f.id FROM fact f
  WHERE f.name IN (SELECT value FROM json_each(cast(sqlc.arg(names) AS TEXT))) AND f.id < sqlc.arg(before)
    AND f.id NOT IN (SELECT d.fact FROM delivery d)
  LIMIT 1000);

-- name: ForgetKey :execrows
DELETE FROM fact
WHERE fact.key = sqlc.arg(key) AND fact.id NOT IN (SELECT d.fact FROM delivery d);

-- name: StrippableFacts :many
SELECT id, body FROM fact
WHERE name IN (SELECT value FROM json_each(cast(sqlc.arg(names) AS TEXT))) AND id < sqlc.arg(before) AND who_kind <> 'forgotten'
ORDER BY id LIMIT 1000;

-- name: StripFact :exec
UPDATE fact SET who_kind = 'forgotten', who_id = '', body = sqlc.arg(body) WHERE id = sqlc.arg(id);
