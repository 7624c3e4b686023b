-- name: AddEndpoint :exec
INSERT INTO webhook_endpoint (id, seller, name, url, events, state, secret, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: CountEndpoints :one
SELECT count(*) FROM webhook_endpoint WHERE seller = $1;

-- name: Endpoint :one
SELECT * FROM webhook_endpoint WHERE id = $1;

-- name: Endpoints :many
SELECT * FROM webhook_endpoint WHERE seller = $1 ORDER BY id;

-- name: Listening :many
-- All that are on, of every seller: what a node keeps in memory.
SELECT id, seller, events FROM webhook_endpoint WHERE state = 'on' ORDER BY id;

-- name: Revise :exec
UPDATE webhook_endpoint SET name = $1, url = $2, events = $3, state = $4, failing_since = $5 WHERE id = $6;

-- name: Renew :exec
UPDATE webhook_endpoint SET secret = $1, secret_before = $2, before_until = $3 WHERE id = $4;

-- name: RemoveEndpoint :exec
DELETE FROM webhook_endpoint WHERE id = $1;

-- name: RemoveMessages :exec
DELETE FROM webhook_message WHERE endpoint = $1;

-- name: AddMessage :exec
INSERT INTO webhook_message (id, endpoint, event, object, body, state, written_at, due_at)
VALUES (sqlc.arg(id), sqlc.arg(endpoint), sqlc.arg(event), sqlc.arg(object), sqlc.arg(body), 'waiting', sqlc.arg(at), sqlc.arg(at));

-- name: Due :many
SELECT * FROM webhook_message WHERE state = 'waiting' AND due_at <= sqlc.arg(now)
ORDER BY due_at, id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: SomeEndpoints :many
SELECT * FROM webhook_endpoint WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: Lease :exec
-- A message that is taken counts as tried, so that one that kills the process is given up in the end.
UPDATE webhook_message SET due_at = $1, tries = tries + 1 WHERE id = $2;

-- name: Settle :exec
UPDATE webhook_message SET state = $1, tries = $2, due_at = $3, ended_at = $4, status = $5, error = $6 WHERE id = $7 AND state = 'waiting';

-- name: Fared :exec
-- Notes since when an endpoint fails, and stops it when it is time.
UPDATE webhook_endpoint SET failing_since = $1, state = $2 WHERE id = $3 AND state = 'on';

-- name: MessagesBefore :many
SELECT * FROM webhook_message WHERE endpoint = $1 AND id < $2 ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Message :one
SELECT * FROM webhook_message WHERE id = $1;

-- name: Again :exec
UPDATE webhook_message SET state = 'waiting', tries = 0, due_at = $1, ended_at = 0, status = 0, error = '' WHERE id = $2;

-- name: GiveUp :exec
-- What waits for an endpoint that was stopped is not tried any more.
UPDATE webhook_message SET state = 'given_up', ended_at = $1, error = $2 WHERE endpoint = $3 AND state = 'waiting';

-- name: Forget :execrows
DELETE FROM webhook_message WHERE id IN (
SELECT m.id FROM webhook_message m WHERE m.written_at < sqlc.arg(before) ORDER BY m.written_at LIMIT CAST(sqlc.arg(page) AS BIGINT));
