-- name: Keep :one
-- One of that name is set up anew and keeps its id.
INSERT INTO bookmark (id, seller, page, owner, name, address, shared, at)
VALUES (sqlc.arg(id), sqlc.arg(seller), sqlc.arg(page), sqlc.arg(owner), sqlc.arg(name), sqlc.arg(address), sqlc.arg(shared), sqlc.arg(at))
ON CONFLICT (seller, page, owner, name) DO UPDATE SET address = excluded.address, shared = excluded.shared
RETURNING *;

-- name: CountOf :one
SELECT count(*) FROM bookmark WHERE seller = sqlc.arg(seller) AND page = sqlc.arg(page) AND owner = sqlc.arg(owner);

-- name: Of :many
-- What somebody sees above a list: the own ones, and those that colleagues share.
SELECT * FROM bookmark WHERE seller = sqlc.arg(seller) AND page = sqlc.arg(page) AND (owner = sqlc.arg(owner) OR shared = 1)
ORDER BY name, id LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: Drop :execrows
-- Only of its owner.
DELETE FROM bookmark WHERE id = sqlc.arg(id) AND seller = sqlc.arg(seller) AND owner = sqlc.arg(owner);
