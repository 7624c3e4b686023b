-- name: KeepSession :exec
INSERT INTO session (id, hash, previous, user_id, began, seen, rotated, address, agent)
VALUES (sqlc.arg(id), sqlc.arg(hash), '', sqlc.arg(user_id), sqlc.arg(at), sqlc.arg(at), sqlc.arg(at), sqlc.arg(address), sqlc.arg(agent));

-- name: FindSession :one
SELECT * FROM session WHERE hash = sqlc.arg(hash) OR (previous = sqlc.arg(hash) AND previous <> '');

-- name: TouchSession :exec
UPDATE session SET seen = sqlc.arg(at) WHERE id = sqlc.arg(id) AND seen < sqlc.arg(at);

-- name: RotateSession :execrows
-- Only who holds the present token may rotate it: of two at once one wins.
UPDATE session SET hash = sqlc.arg(fresh), previous = sqlc.arg(hash), rotated = sqlc.arg(at), seen = sqlc.arg(at)
WHERE id = sqlc.arg(id) AND hash = sqlc.arg(hash);

-- name: ListSessions :many
SELECT * FROM session WHERE user_id = sqlc.arg(user_id) ORDER BY seen DESC, id;

-- name: EndSession :many
DELETE FROM session WHERE user_id = sqlc.arg(user_id) AND id = sqlc.arg(id) RETURNING hash, previous;

-- name: EndSessions :many
DELETE FROM session WHERE user_id = sqlc.arg(user_id) AND id <> sqlc.arg(keep) RETURNING hash, previous;

-- name: PurgeSessions :execrows
DELETE FROM session WHERE seen < sqlc.arg(seen) OR began < sqlc.arg(began);

-- name: KeepAPIKey :exec
INSERT INTO session_key (id, hash, user_id, name, hint, scopes, began, expires, used, revoked)
VALUES (sqlc.arg(id), sqlc.arg(hash), sqlc.arg(user_id), sqlc.arg(name), sqlc.arg(hint), sqlc.arg(scopes), sqlc.arg(began), sqlc.arg(expires), 0, 0);

-- name: FindAPIKey :one
SELECT * FROM session_key WHERE hash = sqlc.arg(hash);

-- name: ListAPIKeys :many
SELECT * FROM session_key WHERE user_id = sqlc.arg(user_id) ORDER BY id;

-- name: RevokeAPIKey :many
UPDATE session_key SET revoked = sqlc.arg(at) WHERE user_id = sqlc.arg(user_id) AND id = sqlc.arg(id) AND revoked = 0 RETURNING hash;

-- name: TouchAPIKey :exec
UPDATE session_key SET used = sqlc.arg(at) WHERE id = sqlc.arg(id) AND used < sqlc.arg(at);

-- name: FindThrottles :many
SELECT subject, failures, until, at FROM session_throttle WHERE subject = sqlc.arg(account) OR subject = sqlc.arg(address);

-- name: KeepThrottle :exec
INSERT INTO session_throttle (subject, failures, until, at)
VALUES (sqlc.arg(subject), sqlc.arg(failures), sqlc.arg(until), sqlc.arg(at))
ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, until = excluded.until, at = excluded.at;

-- name: DropThrottle :exec
DELETE FROM session_throttle WHERE subject = sqlc.arg(subject);

-- name: PurgeThrottles :execrows
DELETE FROM session_throttle WHERE at < sqlc.arg(before);

-- name: KeepTicket :exec
INSERT INTO session_ticket (hash, purpose, user_id, subject, code, body, expires)
VALUES (sqlc.arg(hash), sqlc.arg(purpose), sqlc.arg(user_id), sqlc.arg(subject), sqlc.arg(code), sqlc.arg(body), sqlc.arg(expires));

-- name: FindTicket :one
SELECT * FROM session_ticket WHERE hash = sqlc.arg(hash) AND purpose = sqlc.arg(purpose) AND expires > sqlc.arg(now);

-- name: TryTicket :many
-- Counts a try, so that many at once cannot all be free.
UPDATE session_ticket SET tries = tries + 1
WHERE hash = sqlc.arg(hash) AND purpose = sqlc.arg(purpose) AND expires > sqlc.arg(now) AND tries < sqlc.arg(most)
RETURNING *;

-- name: SpendTicket :execrows
-- Of two at once one spends it.
DELETE FROM session_ticket WHERE hash = sqlc.arg(hash);

-- name: DropTickets :exec
-- Ends all that a user has begun.
DELETE FROM session_ticket WHERE user_id = sqlc.arg(user_id) AND user_id <> '';

-- name: PurgeTickets :execrows
DELETE FROM session_ticket WHERE expires < sqlc.arg(now);

-- name: KeepPasskey :execrows
INSERT INTO session_passkey (id, credential, user_id, name, record, began, used)
VALUES (sqlc.arg(id), sqlc.arg(credential), sqlc.arg(user_id), sqlc.arg(name), sqlc.arg(record), sqlc.arg(began), 0)
ON CONFLICT DO NOTHING;

-- name: Passkeys :many
SELECT * FROM session_passkey WHERE user_id = sqlc.arg(user_id) ORDER BY id;

-- name: FindPasskey :one
SELECT * FROM session_passkey WHERE credential = sqlc.arg(credential);

-- name: UsePasskey :exec
UPDATE session_passkey SET record = sqlc.arg(record), used = sqlc.arg(at) WHERE id = sqlc.arg(id);

-- name: NamePasskey :execrows
UPDATE session_passkey SET name = sqlc.arg(name) WHERE id = sqlc.arg(id) AND user_id = sqlc.arg(user_id);

-- name: DropPasskey :execrows
DELETE FROM session_passkey WHERE id = sqlc.arg(id) AND user_id = sqlc.arg(user_id);

-- name: DropPasskeys :exec
DELETE FROM session_passkey WHERE user_id = sqlc.arg(user_id);
