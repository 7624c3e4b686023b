-- name: AddFile :exec
INSERT INTO digital_file (id, product, name, bytes, lies, position, dropped)
VALUES (sqlc.arg(id), sqlc.arg(product), sqlc.arg(name), sqlc.arg(bytes), sqlc.arg(lies), sqlc.arg(position), 0);

-- name: FilesOf :many
-- The files of some products, those that were taken away too.
SELECT * FROM digital_file WHERE product IN (SELECT value FROM json_each(cast(sqlc.arg(products) AS TEXT))) ORDER BY product, position, id;

-- name: DropFile :execrows
UPDATE digital_file SET dropped = 1 WHERE id = sqlc.arg(id) AND product = sqlc.arg(product) AND dropped = 0;

-- name: AddCode :execrows
-- Nothing when the variant has this code already.
INSERT INTO digital_code (id, variant, code, grant_id) VALUES (sqlc.arg(id), sqlc.arg(variant), sqlc.arg(code), '')
ON CONFLICT (variant, code) DO NOTHING;

-- name: GiveCodes :many
-- Gives so many codes that nobody has, the oldest first.
UPDATE digital_code SET grant_id = sqlc.arg(grant_id)
WHERE grant_id = '' AND id IN (
    SELECT c.id FROM digital_code c WHERE c.variant = sqlc.arg(variant) AND c.grant_id = ''
    ORDER BY c.id LIMIT CAST(sqlc.arg(most) AS BIGINT))
RETURNING code;

-- name: CodesOf :many
-- What is given has an index of its own, which SQLite uses when it is told that nothing else is asked for.
SELECT grant_id, code FROM digital_code
WHERE grant_id <> '' AND ended = 0 AND grant_id IN (SELECT value FROM json_each(cast(sqlc.arg(grants) AS TEXT))) ORDER BY id;

-- name: CountCodes :one
SELECT count(*) FROM digital_code WHERE variant = sqlc.arg(variant) AND grant_id = '';

-- name: AddGrant :exec
INSERT INTO digital_grant (id, order_ref, line, product, most, until_at, ended)
VALUES (sqlc.arg(id), sqlc.arg(order_ref), sqlc.arg(line), sqlc.arg(product), sqlc.arg(most), sqlc.arg(until_at), 0);

-- name: GrantsOf :many
SELECT * FROM digital_grant WHERE order_ref = sqlc.arg(order_ref) ORDER BY id;

-- name: EndGrants :exec
UPDATE digital_grant SET ended = 1
WHERE order_ref = sqlc.arg(order_ref) AND line IN (SELECT value FROM json_each(cast(sqlc.arg(lines) AS TEXT)));

-- name: EndCodes :exec
-- Leaves a line its first codes and ends the rest.
UPDATE digital_code SET ended = 1
WHERE grant_id <> '' AND grant_id = (SELECT g.id FROM digital_grant g WHERE g.order_ref = sqlc.arg(order_ref) AND g.line = sqlc.arg(line))
    AND id NOT IN (
        SELECT c.id FROM digital_code c
        WHERE c.grant_id <> '' AND c.grant_id = (SELECT g.id FROM digital_grant g WHERE g.order_ref = sqlc.arg(order_ref) AND g.line = sqlc.arg(line))
        ORDER BY c.id LIMIT CAST(sqlc.arg(most) AS BIGINT));

-- name: Fetches :many
SELECT * FROM digital_fetch WHERE grant_id IN (SELECT value FROM json_each(cast(sqlc.arg(grants) AS TEXT)));

-- name: Fetch :many
-- Counts one more time, unless there were enough.
INSERT INTO digital_fetch (grant_id, file, times) VALUES (sqlc.arg(grant_id), sqlc.arg(file), 1)
ON CONFLICT (grant_id, file) DO UPDATE SET times = digital_fetch.times + 1 WHERE digital_fetch.times < sqlc.arg(most)
RETURNING times;
