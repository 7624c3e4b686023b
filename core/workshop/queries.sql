-- name: Open :execrows
INSERT INTO workshop_job (order_ref, line, seller, state, due, body)
VALUES (sqlc.arg(order_ref), sqlc.arg(line), sqlc.arg(seller), sqlc.arg(state), sqlc.arg(due), sqlc.arg(body))
ON CONFLICT (order_ref, line) DO NOTHING;

-- name: Get :one
SELECT * FROM workshop_job WHERE order_ref = $1 AND line = $2;

-- name: OfOrder :many
SELECT * FROM workshop_job WHERE order_ref = $1 ORDER BY line;

-- name: Keep :execrows
-- What was changed meanwhile is not overwritten.
UPDATE workshop_job SET state = sqlc.arg(state), due = sqlc.arg(due), body = sqlc.arg(body), version = version + 1
WHERE order_ref = sqlc.arg(order_ref) AND line = sqlc.arg(line) AND version = sqlc.arg(version);

-- name: List :many
-- Those of a seller in a state, by the day on which they are due.
SELECT * FROM workshop_job
WHERE seller = sqlc.arg(seller) AND state = sqlc.arg(state)
  AND (due > sqlc.arg(due) OR due = sqlc.arg(due) AND (order_ref > sqlc.arg(order_ref) OR order_ref = sqlc.arg(order_ref) AND line > sqlc.arg(line)))
ORDER BY due, order_ref, line LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: Count :many
SELECT state, count(*) AS n, CAST(coalesce(sum(CASE WHEN due < sqlc.arg(today) THEN 1 ELSE 0 END), 0) AS BIGINT) AS late FROM workshop_job
WHERE seller = sqlc.arg(seller) AND state <> 'ready' AND state <> 'ended' GROUP BY state ORDER BY state;
