-- name: InsertList :exec
INSERT INTO price_list (id, seller, name, currency, customer_group, from_day, to_day, priority, ended)
VALUES (sqlc.arg(id), sqlc.arg(seller), sqlc.arg(name), sqlc.arg(currency), sqlc.arg(customer_group),
        sqlc.arg(from_day), sqlc.arg(to_day), sqlc.arg(priority), 0);

-- name: OneList :one
SELECT id, seller, name, currency, customer_group, from_day, to_day, priority, ended FROM price_list
WHERE id = sqlc.arg(id);

-- name: Lists :many
SELECT id, seller, name, currency, customer_group, from_day, to_day, priority, ended FROM price_list
WHERE seller = sqlc.arg(seller) ORDER BY ended, currency, customer_group, priority DESC, id;

-- name: EndList :exec
UPDATE price_list SET ended = 1 WHERE id = sqlc.arg(id);

-- name: UpsertPrice :exec
INSERT INTO price (variant, list, from_quantity, from_day, to_day, amount)
VALUES (sqlc.arg(variant), sqlc.arg(list), sqlc.arg(from_quantity), sqlc.arg(from_day), sqlc.arg(to_day), sqlc.arg(amount))
ON CONFLICT (variant, list, from_quantity, from_day) DO UPDATE SET to_day = excluded.to_day, amount = excluded.amount;

-- name: Entries :many
SELECT variant, list, from_quantity, from_day, to_day, amount FROM price
WHERE list = sqlc.arg(list) AND variant IN (SELECT value FROM json_each(cast(sqlc.arg(variants) AS TEXT)))
ORDER BY variant, from_quantity, from_day;

-- name: DeletePrices :exec
DELETE FROM price
WHERE list = sqlc.arg(list) AND variant IN (SELECT value FROM json_each(cast(sqlc.arg(variants) AS TEXT)));


-- name: PricesFor :many
SELECT p.variant, p.list, l.seller, l.name, l.customer_group, l.priority, p.from_quantity, p.from_day, p.amount
FROM price p JOIN price_list l ON l.id = p.list
WHERE p.variant IN (SELECT value FROM json_each(cast(sqlc.arg(variants) AS TEXT)))
  AND l.currency = sqlc.arg(currency) AND l.ended = 0
  AND l.customer_group IN ('', cast(sqlc.arg(customer_group) AS TEXT))
  AND l.from_day <= cast(sqlc.arg(day) AS TEXT) AND (l.to_day = '' OR l.to_day > cast(sqlc.arg(day) AS TEXT))
  AND p.from_day <= cast(sqlc.arg(day) AS TEXT) AND (p.to_day = '' OR p.to_day > cast(sqlc.arg(day) AS TEXT));
