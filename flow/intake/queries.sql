-- name: GetRun :one
SELECT * FROM intake_run WHERE seller = $1 AND source = $2 AND way = $3;

-- name: BeginRun :exec
-- Begins a run, or begins it again after it ended.
INSERT INTO intake_run (seller, source, way, name, position, noted, written, added, changed, same, refused, prices, stocks,
    begun, moved, ended)
VALUES (sqlc.arg(seller), sqlc.arg(source), sqlc.arg(way), sqlc.arg(name), 0, 0, 0, 0, 0, 0, 0, 0, 0, sqlc.arg(at), sqlc.arg(at), 0)
ON CONFLICT (seller, source, way) DO UPDATE SET
    name = excluded.name, position = 0, noted = 0, written = 0, added = 0, changed = 0, same = 0, refused = 0, prices = 0,
    stocks = 0, begun = excluded.begun, moved = excluded.moved, ended = 0;

-- name: MoveRun :exec
UPDATE intake_run SET position = $1, noted = $2, written = $3, added = $4, changed = $5, same = $6, refused = $7,
    prices = $8, stocks = $9, moved = $10, ended = $11
WHERE seller = $12 AND source = $13 AND way = $14;

-- name: Runs :many
-- The runs of a seller, the last one first.
SELECT * FROM intake_run WHERE seller = sqlc.arg(seller)
ORDER BY moved DESC, source, way LIMIT CAST(sqlc.arg(page) AS BIGINT);
