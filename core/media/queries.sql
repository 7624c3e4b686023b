-- name: KeepFile :exec
-- The same content kept again is one row: it has the name that it was given first, is thrown away no more, and a picture
-- that could not be unpacked once is tried again. What the house has brought stays the house's when a buyer brings it too.
INSERT INTO media_file (name, kind, type, bytes, width, height, state, done, total, tries, due_at, kept, error, label, words, buyers)
VALUES (sqlc.arg(name), sqlc.arg(kind), sqlc.arg(type), sqlc.arg(bytes), sqlc.arg(width), sqlc.arg(height), sqlc.arg(state), 0,
    sqlc.arg(total), 0, sqlc.arg(kept), sqlc.arg(kept), '', sqlc.arg(label), sqlc.arg(words), sqlc.arg(buyers))
ON CONFLICT (name) DO UPDATE SET
    state = CASE WHEN media_file.state = 'refused' THEN 'waiting' ELSE media_file.state END,
    tries = CASE WHEN media_file.state = 'refused' THEN 0 ELSE media_file.tries END,
    due_at = CASE WHEN media_file.state = 'refused' THEN excluded.due_at ELSE media_file.due_at END,
    error = CASE WHEN media_file.state = 'refused' THEN '' ELSE media_file.error END,
    label = CASE WHEN media_file.label = '' THEN excluded.label ELSE media_file.label END,
    words = CASE WHEN media_file.label = '' THEN excluded.words ELSE media_file.words END,
    buyers = CASE WHEN media_file.buyers < excluded.buyers THEN media_file.buyers ELSE excluded.buyers END,
    dropped_at = 0
WHERE media_file.state = 'refused' OR media_file.dropped_at <> 0 OR media_file.label = '' AND excluded.label <> ''
    OR media_file.buyers > excluded.buyers;

-- name: Files :many
SELECT * FROM media_file WHERE name IN (SELECT value FROM json_each(cast(sqlc.arg(names) AS TEXT)));

-- name: Due :many
SELECT * FROM media_file WHERE state = 'waiting' AND due_at <= sqlc.arg(now)
ORDER BY due_at, name LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Lease :exec
-- Whoever moves the time on has the picture until then; a try counts from here, also one that kills the process.
UPDATE media_file SET due_at = sqlc.arg(until), tries = tries + 1
WHERE name = sqlc.arg(name) AND state = 'waiting' AND due_at = sqlc.arg(due_at);

-- name: Progress :exec
UPDATE media_file SET done = sqlc.arg(done) WHERE name = sqlc.arg(name) AND state = 'waiting';

-- name: Settle :exec
UPDATE media_file SET state = sqlc.arg(state), due_at = sqlc.arg(due_at), done = sqlc.arg(done), error = sqlc.arg(error)
WHERE name = sqlc.arg(name) AND state = 'waiting';

-- name: Left :one
SELECT count(*) FROM media_file WHERE state = 'waiting';

-- name: Begin :exec
INSERT INTO media_upload (id, owner, length, come, label, name, due_at)
VALUES (sqlc.arg(id), sqlc.arg(owner), sqlc.arg(length), 0, sqlc.arg(label), '', sqlc.arg(due_at));

-- name: Under :one
-- How many uploads somebody has begun and not finished.
SELECT count(*) FROM media_upload WHERE owner = sqlc.arg(owner) AND name = '' AND due_at > sqlc.arg(now);

-- name: Upload :one
SELECT * FROM media_upload WHERE id = sqlc.arg(id) AND owner = sqlc.arg(owner);

-- name: Advance :execrows
UPDATE media_upload SET come = come + sqlc.arg(bytes), due_at = sqlc.arg(due_at)
WHERE id = sqlc.arg(id) AND owner = sqlc.arg(owner) AND come = sqlc.arg(at) AND come + sqlc.arg(bytes) <= length;

-- name: AddPart :exec
INSERT INTO media_part (upload, at, bytes, lies) VALUES (sqlc.arg(upload), sqlc.arg(at), sqlc.arg(bytes), sqlc.arg(lies));

-- name: Parts :many
SELECT at, bytes, lies FROM media_part WHERE upload = sqlc.arg(upload) ORDER BY at;

-- name: Become :execrows
UPDATE media_upload SET name = sqlc.arg(name), due_at = sqlc.arg(due_at)
WHERE id = sqlc.arg(id) AND owner = sqlc.arg(owner) AND come = length;

-- name: End :execrows
UPDATE media_upload SET due_at = 0 WHERE id = sqlc.arg(id) AND owner = sqlc.arg(owner);

-- name: Stale :many
SELECT u.id, coalesce(p.lies, '') AS lies FROM media_upload u LEFT JOIN media_part p ON p.upload = u.id
WHERE u.id IN (SELECT s.id FROM media_upload s WHERE s.due_at <= sqlc.arg(now) ORDER BY s.due_at, s.id LIMIT CAST(sqlc.arg(most) AS BIGINT))
ORDER BY u.id, p.at;

-- name: ForgetParts :exec
DELETE FROM media_part WHERE upload IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: ForgetUploads :exec
DELETE FROM media_upload WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: UsesBy :many
-- What some objects show.
SELECT object, name, alt FROM media_use WHERE object IN (SELECT value FROM json_each(cast(sqlc.arg(objects) AS TEXT))) ORDER BY object, name;

-- name: DropUses :exec
DELETE FROM media_use WHERE object IN (SELECT value FROM json_each(cast(sqlc.arg(objects) AS TEXT)));

-- name: AddUse :exec
INSERT INTO media_use (object, name, alt, words, kk, ru)
VALUES (sqlc.arg(object), sqlc.arg(name), sqlc.arg(alt), sqlc.arg(words), sqlc.arg(kk), sqlc.arg(ru))
ON CONFLICT (object, name) DO NOTHING;

-- name: Recount :exec
-- Sums up where some files are shown.
UPDATE media_file SET
    uses = (SELECT COUNT(*) FROM media_use u WHERE u.name = media_file.name),
    lacks_kk = CASE WHEN EXISTS (SELECT 1 FROM media_use u WHERE u.name = media_file.name AND u.kk = 0) THEN 1 ELSE 0 END,
    lacks_ru = CASE WHEN EXISTS (SELECT 1 FROM media_use u WHERE u.name = media_file.name AND u.ru = 0) THEN 1 ELSE 0 END
WHERE name IN (SELECT value FROM json_each(cast(sqlc.arg(names) AS TEXT)));

-- name: UsesOf :many
-- Where a file is shown, by object.
SELECT object, name, alt FROM media_use WHERE name = sqlc.arg(name) ORDER BY object LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: DropFile :execrows
-- Throws a file away that is shown nowhere, once that is known.
UPDATE media_file SET dropped_at = sqlc.arg(at) WHERE media_file.name = sqlc.arg(name) AND uses = 0 AND buyers = 0 AND dropped_at = 0
    AND EXISTS (SELECT 1 FROM media_walk w WHERE w.name = 'uses' AND w.through_at > 0);

-- name: Walked :one
SELECT upto, through_at FROM media_walk WHERE name = 'uses';

-- name: NoteWalked :exec
INSERT INTO media_walk (name, upto, through_at) VALUES ('uses', sqlc.arg(upto), sqlc.arg(through_at))
ON CONFLICT (name) DO UPDATE SET upto = excluded.upto, through_at = excluded.through_at;

-- name: LetGoFiles :exec
-- Throws away what buyers brought and nothing shows.
UPDATE media_file SET dropped_at = sqlc.arg(at)
WHERE name IN (SELECT value FROM json_each(cast(sqlc.arg(names) AS TEXT))) AND uses = 0 AND buyers = 1 AND dropped_at = 0;

-- name: TakeBackFile :execrows
UPDATE media_file SET dropped_at = 0 WHERE name = sqlc.arg(name) AND dropped_at <> 0;

-- name: DroppedBefore :many
-- None before it is known what is shown nowhere: a binary from before has thrown away what it counted wrong.
SELECT f.name, f.kind FROM media_file f WHERE f.dropped_at > 0 AND f.dropped_at <= sqlc.arg(before)
    AND EXISTS (SELECT 1 FROM media_walk w WHERE w.name = 'uses' AND w.through_at > 0)
ORDER BY f.dropped_at, f.name LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: RescueFiles :exec
-- What is shown again was not meant to be thrown away.
UPDATE media_file SET dropped_at = 0 WHERE dropped_at > 0 AND uses > 0;

-- name: ForgetFiles :exec
DELETE FROM media_file WHERE name IN (SELECT value FROM json_each(cast(sqlc.arg(names) AS TEXT))) AND dropped_at > 0 AND uses = 0;
