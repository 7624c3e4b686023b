-- name: InsertImport :exec
INSERT INTO intake_import (id, seller, name, path, source, way, plan, stage, who, wrong, position, noted, written, added, changed,
    same, refused, trimmed, prices, stocks, bytes, size, undone, kept, begun, moved, ended, lease, holder)
VALUES (sqlc.arg(id), sqlc.arg(seller), sqlc.arg(name), sqlc.arg(path), sqlc.arg(source), sqlc.arg(way), sqlc.arg(plan),
    sqlc.arg(stage), sqlc.arg(who), '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, sqlc.arg(size), 0, 0, sqlc.arg(at), sqlc.arg(at), 0, 0, '');

-- name: OneImport :one
SELECT * FROM intake_import WHERE id = sqlc.arg(id);

-- name: CutOff :many
-- The import of this file in this way that was cut off, if there is one.
SELECT * FROM intake_import
WHERE seller = sqlc.arg(seller) AND source = sqlc.arg(source) AND way = sqlc.arg(way) AND stage = 'applying' AND path = ''
ORDER BY id DESC LIMIT 1;

-- name: Imports :many
-- A page of a seller's imports, the last one first.
SELECT * FROM intake_import WHERE seller = sqlc.arg(seller) AND id < sqlc.arg(before)
ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: SetStage :execrows
-- Moves an import from one stage to another, with everything that is counted begun anew.
UPDATE intake_import SET stage = sqlc.arg(stage), plan = sqlc.arg(plan), way = sqlc.arg(way), wrong = '', position = 0, noted = 0,
    written = 0, added = 0, changed = 0, same = 0, refused = 0, trimmed = 0, prices = 0, stocks = 0, bytes = 0,
    moved = sqlc.arg(at), ended = 0, lease = 0, holder = ''
WHERE id = sqlc.arg(id) AND stage = sqlc.arg(since);

-- name: TurnStage :execrows
-- Moves an import from one stage to another and keeps what is counted.
UPDATE intake_import SET stage = sqlc.arg(stage), wrong = '', moved = sqlc.arg(at), lease = 0, holder = ''
WHERE id = sqlc.arg(id) AND stage = sqlc.arg(since);

-- name: MoveImport :exec
-- Writes down how far an import is.
UPDATE intake_import SET position = $1, noted = $2, written = $3, added = $4, changed = $5, same = $6, refused = $7,
    prices = $8, stocks = $9, trimmed = $10, bytes = $11, moved = $12
WHERE id = $13;

-- name: EndImport :exec
UPDATE intake_import SET stage = sqlc.arg(stage), moved = sqlc.arg(at), ended = sqlc.arg(at), lease = 0, holder = ''
WHERE id = sqlc.arg(id);

-- name: StopImport :exec
-- Writes down why an import does not go on by itself.
UPDATE intake_import SET wrong = sqlc.arg(wrong), moved = sqlc.arg(at), lease = 0, holder = '' WHERE id = sqlc.arg(id);

-- name: CountBack :exec
UPDATE intake_import SET undone = undone + sqlc.arg(undone), kept = kept + sqlc.arg(kept), moved = sqlc.arg(at)
WHERE id = sqlc.arg(id);

-- name: Due :many
-- Imports that somebody asked to go on and that nobody works at.
SELECT id FROM intake_import
WHERE stage IN ('previewing', 'applying', 'undoing') AND (path <> '' OR stage = 'undoing') AND wrong = '' AND lease < sqlc.arg(now)
ORDER BY moved, id LIMIT 10;

-- name: Lease :execrows
UPDATE intake_import SET lease = sqlc.arg(until), holder = sqlc.arg(holder)
WHERE id = sqlc.arg(id) AND wrong = '' AND (lease < sqlc.arg(now) OR holder = sqlc.arg(holder));

-- name: DropLines :exec
DELETE FROM intake_line WHERE import = sqlc.arg(import);

-- name: PutLine :exec
INSERT INTO intake_line (import, line, source, name, outcome, trouble, product, changes, flaws, trace, back)
VALUES (sqlc.arg(import), sqlc.arg(line), sqlc.arg(source), sqlc.arg(name), sqlc.arg(outcome), sqlc.arg(trouble),
    sqlc.arg(product), sqlc.arg(changes), sqlc.arg(flaws), sqlc.arg(trace), '')
ON CONFLICT (import, line) DO UPDATE SET source = excluded.source, name = excluded.name, outcome = excluded.outcome,
    trouble = excluded.trouble, product = excluded.product, changes = excluded.changes, flaws = excluded.flaws,
    trace = excluded.trace;

-- name: Lines :many
SELECT * FROM intake_line
WHERE import = sqlc.arg(import) AND line > sqlc.arg(after) ORDER BY line LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: LinesOf :many
SELECT * FROM intake_line
WHERE import = sqlc.arg(import) AND line > sqlc.arg(after) AND outcome = sqlc.arg(outcome)
ORDER BY line LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: TroubledLines :many
SELECT * FROM intake_line
WHERE import = sqlc.arg(import) AND line > sqlc.arg(after) AND trouble = 1
ORDER BY line LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: KeptLines :many
SELECT * FROM intake_line
WHERE import = sqlc.arg(import) AND line > sqlc.arg(after) AND back <> '' AND back <> 'undone'
ORDER BY line LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Traces :many
-- What is still to be taken back, the last line first.
SELECT line, product, trace FROM intake_line
WHERE import = sqlc.arg(import) AND trace <> '' AND back = ''
ORDER BY line DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: SetBack :exec
UPDATE intake_line SET back = sqlc.arg(back) WHERE import = sqlc.arg(import) AND line = sqlc.arg(line);

-- name: TracesOf :many
SELECT import, line, trace, flaws FROM intake_line WHERE import = sqlc.arg(import) AND product = sqlc.arg(product) AND trace <> '';

-- name: FollowLine :exec
UPDATE intake_line SET trace = sqlc.arg(trace), flaws = sqlc.arg(flaws), trouble = sqlc.arg(trouble)
WHERE import = sqlc.arg(import) AND line = sqlc.arg(line);

-- name: Mapping :many
SELECT columns FROM intake_mapping WHERE seller = sqlc.arg(seller) AND head = sqlc.arg(head);

-- name: Remember :exec
INSERT INTO intake_mapping (seller, head, columns, at) VALUES (sqlc.arg(seller), sqlc.arg(head), sqlc.arg(columns), sqlc.arg(at))
ON CONFLICT (seller, head) DO UPDATE SET columns = excluded.columns, at = excluded.at;

-- name: AskPicture :exec
INSERT INTO intake_picture (import, product, seller, due, tries, wrong)
VALUES (sqlc.arg(import), sqlc.arg(product), sqlc.arg(seller), sqlc.arg(due), 0, '')
ON CONFLICT (product) DO UPDATE SET import = excluded.import, due = excluded.due, tries = 0, wrong = '';

-- name: DuePictures :many
SELECT import, product, seller, tries FROM intake_picture WHERE due <= sqlc.arg(now) ORDER BY due, product LIMIT 20;

-- name: DropPicture :exec
DELETE FROM intake_picture WHERE product = sqlc.arg(product);

-- name: PutOffPicture :exec
UPDATE intake_picture SET due = sqlc.arg(due), tries = tries + 1, wrong = sqlc.arg(wrong) WHERE product = sqlc.arg(product);
