-- name: AddLetter :exec
INSERT INTO notify_letter (id, key, recipient, lang, template, params, order_id, seller, written_at, due_at)
VALUES (sqlc.arg(id), sqlc.arg(key), sqlc.arg(recipient), sqlc.arg(lang), sqlc.arg(template), sqlc.arg(params),
    sqlc.arg(order_id), sqlc.arg(seller), sqlc.arg(written_at), sqlc.arg(written_at))
ON CONFLICT (key) DO NOTHING;

-- name: Due :many
SELECT * FROM notify_letter WHERE state = 'waiting' AND due_at <= sqlc.arg(now)
ORDER BY due_at, id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Lease :exec
-- A letter that is taken counts as tried, so that one that kills the process is given up in the end.
UPDATE notify_letter SET due_at = $1, tries = tries + 1 WHERE id = $2;

-- name: Settle :exec
UPDATE notify_letter SET state = $1, due_at = $2, sent_at = $3, error = $4 WHERE id = $5 AND state = 'waiting';

-- name: Retry :execrows
UPDATE notify_letter SET state = 'waiting', tries = 0, due_at = $1 WHERE id = $2 AND state = 'given_up';

-- name: LettersByOrder :many
SELECT * FROM notify_letter WHERE order_id = $1 AND order_id <> '' ORDER BY id;

-- name: Stuck :many
SELECT * FROM notify_letter WHERE state = 'given_up' ORDER BY id LIMIT 100;

-- name: Blank :exec
-- Takes the values out of a letter that nobody sends again.
UPDATE notify_letter SET params = '{}' WHERE id = $1;

-- name: LettersTo :many
SELECT * FROM notify_letter WHERE recipient = $1 ORDER BY written_at DESC, id DESC LIMIT 200;

-- name: ForgetTo :exec
DELETE FROM notify_letter WHERE recipient = $1 AND order_id = '';
