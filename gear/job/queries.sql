-- name: AddJob :exec
-- A job that is there keeps its time, unless its plan has become tighter.
INSERT INTO job (name, next, lease_by, last, tries, error) VALUES (sqlc.arg(name), sqlc.arg(next), '', 0, 0, '')
ON CONFLICT (name) DO NOTHING;

-- name: TightenJob :exec
UPDATE job SET next = sqlc.arg(next) WHERE name = sqlc.arg(name) AND next > sqlc.arg(next) AND lease_by = '';

-- name: DueJobs :many
SELECT name, next, planned, tries FROM job
WHERE next <= sqlc.arg(now) AND name IN (SELECT value FROM json_each(cast(sqlc.arg(names) AS TEXT)))
ORDER BY next, name;

-- name: RunJob :execrows
-- The moment of a run: who finds another time here came second.
UPDATE job SET next = sqlc.arg(next), planned = sqlc.arg(planned), last = sqlc.arg(now), tries = 0, error = '', lease_by = ''
WHERE name = sqlc.arg(name) AND next = sqlc.arg(seen);

-- name: LeaseJob :execrows
UPDATE job SET next = sqlc.arg(until), planned = sqlc.arg(planned), lease_by = sqlc.arg(lease_by)
WHERE name = sqlc.arg(name) AND next = sqlc.arg(seen);

-- name: FailJob :execrows
UPDATE job SET next = sqlc.arg(next), planned = sqlc.arg(planned), tries = tries + 1, error = sqlc.arg(error), lease_by = ''
WHERE name = sqlc.arg(name) AND next = sqlc.arg(seen);

-- name: AllJobs :many
SELECT * FROM job ORDER BY name;

-- name: PlanOf :one
SELECT next, planned FROM job WHERE name = $1;

-- name: HastenJob :execrows
-- One that is behind stays so: its time says which day it is for.
UPDATE job SET next = CASE WHEN next < sqlc.arg(now) THEN next ELSE sqlc.arg(now) END WHERE name = sqlc.arg(name) AND lease_by = '';
