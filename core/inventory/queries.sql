-- name: AddWarehouse :exec
INSERT INTO inventory_warehouse (id, seller, name, address, priority, open) VALUES ($1, $2, $3, $4, $5, 1);

-- name: ReviseWarehouse :execrows
UPDATE inventory_warehouse SET name = $2, address = $3, priority = $4 WHERE id = $1;

-- name: SetOpen :execrows
UPDATE inventory_warehouse SET open = $2 WHERE id = $1;

-- name: GetWarehouse :one
SELECT id, seller, name, address, priority, open FROM inventory_warehouse WHERE id = $1;

-- name: AllWarehouses :many
SELECT id, seller, name, address, priority, open FROM inventory_warehouse ORDER BY seller, priority, id;

-- name: AddMovement :exec
INSERT INTO inventory_movement (id, warehouse, variant, kind, quantity, cause, who, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: MovementsOfVariant :many
SELECT id, warehouse, variant, kind, quantity, cause, who, at FROM inventory_movement
WHERE variant = sqlc.arg(variant) AND id < sqlc.arg(before) ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: MovementsOfWarehouse :many
SELECT id, warehouse, variant, kind, quantity, cause, who, at FROM inventory_movement
WHERE warehouse = sqlc.arg(warehouse) AND id < sqlc.arg(before) ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: MovementsOfBoth :many
SELECT id, warehouse, variant, kind, quantity, cause, who, at FROM inventory_movement
WHERE variant = sqlc.arg(variant) AND warehouse = sqlc.arg(warehouse) AND id < sqlc.arg(before)
ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: MovementsOfAll :many
SELECT id, warehouse, variant, kind, quantity, cause, who, at FROM inventory_movement
WHERE id < sqlc.arg(before) ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Sums :many
SELECT warehouse, variant, CAST(SUM(quantity) AS BIGINT) AS quantity FROM inventory_movement GROUP BY warehouse, variant;
