-- name: Get :one
SELECT id, name, bin, country, currency, regimes, state, enrolled FROM seller WHERE id = sqlc.arg(id);

-- name: All :many
SELECT id, name, bin, country, currency, regimes, state, enrolled FROM seller ORDER BY id;

-- name: Some :many
SELECT id, name, bin, country, currency, regimes, state, enrolled FROM seller
WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) ORDER BY id;

-- name: Insert :execrows
INSERT INTO seller (id, name, bin, country, currency, regimes, state, enrolled)
VALUES (sqlc.arg(id), sqlc.arg(name), sqlc.arg(bin), sqlc.arg(country), sqlc.arg(currency), sqlc.arg(regimes),
        sqlc.arg(state), sqlc.arg(enrolled))
ON CONFLICT DO NOTHING;

-- name: SetName :exec
UPDATE seller SET name = sqlc.arg(name) WHERE id = sqlc.arg(id);

-- name: SetRegimes :exec
UPDATE seller SET regimes = sqlc.arg(regimes) WHERE id = sqlc.arg(id);

-- name: SetState :exec
UPDATE seller SET state = sqlc.arg(state) WHERE id = sqlc.arg(id);
