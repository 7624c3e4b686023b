-- name: Load :many
SELECT country, region, regime, class, from_day, to_day, parts, mark, clause FROM tax_rate
ORDER BY country, region, regime, class, from_day;

-- name: Insert :exec
INSERT INTO tax_rate (country, region, regime, class, from_day, to_day, parts, mark, clause)
VALUES (sqlc.arg(country), sqlc.arg(region), sqlc.arg(regime), sqlc.arg(class), sqlc.arg(from_day), sqlc.arg(to_day),
        sqlc.arg(parts), sqlc.arg(mark), sqlc.arg(clause))
ON CONFLICT DO NOTHING;

-- name: End :execrows
-- Closes an open row; what holds until a day already keeps it.
UPDATE tax_rate SET to_day = sqlc.arg(to_day)
WHERE country = sqlc.arg(country) AND region = sqlc.arg(region) AND regime = sqlc.arg(regime)
  AND class = sqlc.arg(class) AND from_day = sqlc.arg(from_day) AND to_day = '';
