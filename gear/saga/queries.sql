-- name: FindStory :one
-- The living story of a key, or the one that ended well.
SELECT * FROM story WHERE name = sqlc.arg(name) AND key = sqlc.arg(key) AND state <> 'failed';

-- name: GetStory :one
SELECT * FROM story WHERE id = sqlc.arg(id);

-- name: BeginStory :execrows
INSERT INTO story (id, name, key, state, step, trail, version, tries, due, lease_by, begun, moved, who, body, fault, trouble)
VALUES (sqlc.arg(id), sqlc.arg(name), sqlc.arg(key), sqlc.arg(state), sqlc.arg(step), sqlc.arg(trail), 1, sqlc.arg(tries),
  sqlc.arg(due), sqlc.arg(lease_by), sqlc.arg(begun), sqlc.arg(moved), sqlc.arg(who), sqlc.arg(body), '', '')
ON CONFLICT DO NOTHING;

-- name: SaveStory :execrows
-- Nothing is saved by a teller that has lost its lease meanwhile.
UPDATE story SET state = sqlc.arg(state), step = sqlc.arg(step), trail = sqlc.arg(trail), version = version + 1,
  tries = sqlc.arg(tries), due = sqlc.arg(due), lease_by = sqlc.arg(lease_by), moved = sqlc.arg(moved),
  body = sqlc.arg(body), fault = sqlc.arg(fault), trouble = sqlc.arg(trouble)
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: DueStories :many
SELECT id, name, key FROM story
WHERE due > 0 AND due <= sqlc.arg(now) AND name IN (SELECT value FROM json_each(cast(sqlc.arg(names) AS TEXT)))
ORDER BY due LIMIT sqlc.arg(many);

-- name: OrphanedStories :many
-- Those whose lease belongs to another teller, whether it lives or not.
SELECT id, name, key FROM story
WHERE due > 0 AND lease_by <> '' AND lease_by <> sqlc.arg(me)
  AND name IN (SELECT value FROM json_each(cast(sqlc.arg(names) AS TEXT)))
ORDER BY due LIMIT sqlc.arg(many);

-- name: HastenStory :execrows
UPDATE story SET due = sqlc.arg(now), tries = 0, lease_by = '', version = version + 1
WHERE id = sqlc.arg(id) AND state IN ('running', 'waiting', 'undoing') AND lease_by = '';

-- name: ForgetStories :execrows
DELETE FROM story WHERE id IN (
  SELECT s.id FROM story s WHERE s.state IN ('done', 'failed') AND s.moved < sqlc.arg(before) LIMIT 1000);
