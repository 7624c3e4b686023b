-- name: AskExport :exec
INSERT INTO account_export (id, user_id, state, asked_at, due_at)
VALUES (sqlc.arg(id), sqlc.arg(user_id), 'waiting', sqlc.arg(at), sqlc.arg(at))
ON CONFLICT DO NOTHING;

-- name: LatestExport :one
SELECT * FROM account_export WHERE user_id = sqlc.arg(user_id) ORDER BY id DESC LIMIT 1;

-- name: Export :one
SELECT * FROM account_export WHERE id = sqlc.arg(id) AND user_id = sqlc.arg(user_id);

-- name: TakeExport :many
-- Leases the one that waits longest: whoever dies with it leaves it to the next.
UPDATE account_export SET due_at = sqlc.arg(until)
WHERE id IN (SELECT e.id FROM account_export e WHERE e.state = 'waiting' AND e.due_at <= sqlc.arg(now) ORDER BY e.due_at LIMIT 1)
RETURNING *;

-- name: Progress :exec
UPDATE account_export SET done = sqlc.arg(done), parts = sqlc.arg(parts) WHERE id = sqlc.arg(id) AND state = 'waiting';

-- name: Ready :execrows
UPDATE account_export SET state = 'ready', lies = sqlc.arg(lies), bytes = sqlc.arg(bytes), expires_at = sqlc.arg(expires_at), done = parts
WHERE id = sqlc.arg(id) AND state = 'waiting';

-- name: Expired :many
UPDATE account_export SET state = 'gone'
WHERE id IN (SELECT e.id FROM account_export e WHERE e.state = 'ready' AND e.expires_at <= sqlc.arg(now) ORDER BY e.expires_at LIMIT 100)
RETURNING lies;

-- name: DropExports :many
-- Takes all of a user away, and says what lies where.
DELETE FROM account_export WHERE user_id = sqlc.arg(user_id) RETURNING lies;
