-- name: AddPosting :execrows
-- Nothing when this kind and ref were posted before.
INSERT INTO ledger_posting (id, kind, ref, at, cause) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (kind, ref) DO NOTHING;

-- name: Standings :many
-- What each account at or below a path received and gave. The comparison is by characters and not by order, because
-- databases order texts differently.
SELECT account, asset, CAST(SUM(received) AS BIGINT) AS debit, CAST(SUM(given) AS BIGINT) AS credit
FROM (
    SELECT d.debit AS account, d.asset, d.amount AS received, 0 AS given FROM ledger_transfer d
    WHERE d.debit = sqlc.arg(account) OR substr(d.debit, 1, length(CAST(sqlc.arg(below) AS TEXT))) = CAST(sqlc.arg(below) AS TEXT)
    UNION ALL
    SELECT c.credit AS account, c.asset, 0 AS received, c.amount AS given FROM ledger_transfer c
    WHERE c.credit = sqlc.arg(account) OR substr(c.credit, 1, length(CAST(sqlc.arg(below) AS TEXT))) = CAST(sqlc.arg(below) AS TEXT)
) AS sides
GROUP BY account, asset
ORDER BY account, asset;

-- name: Trial :many
-- What every account received and gave.
SELECT account, asset, CAST(SUM(received) AS BIGINT) AS debit, CAST(SUM(given) AS BIGINT) AS credit
FROM (
    SELECT d.debit AS account, d.asset, d.amount AS received, 0 AS given FROM ledger_transfer d
    UNION ALL
    SELECT c.credit AS account, c.asset, 0 AS received, c.amount AS given FROM ledger_transfer c
) AS sides
GROUP BY account, asset
ORDER BY account, asset;

-- name: Standing :many
-- What one account received and gave, by asset.
SELECT asset, CAST(SUM(received) AS BIGINT) AS debit, CAST(SUM(given) AS BIGINT) AS credit
FROM (
    SELECT d.asset, d.amount AS received, 0 AS given FROM ledger_transfer d WHERE d.debit = sqlc.arg(account)
    UNION ALL
    SELECT c.asset, 0 AS received, c.amount AS given FROM ledger_transfer c WHERE c.credit = sqlc.arg(account)
) AS sides
GROUP BY asset
ORDER BY asset;

-- name: History :many
-- The transfers of an account before a place in its history, the newest first. An empty posting means from the end.
SELECT t.posting, t.position, t.debit, t.credit, t.asset, t.amount, t.seller, p.kind, p.ref, p.at, p.cause
FROM (
    SELECT * FROM (
        SELECT d.posting, d.position, d.debit, d.credit, d.asset, d.amount, d.seller
        FROM ledger_transfer d
        WHERE d.debit = sqlc.arg(account) AND (d.posting, d.position) < (sqlc.arg(posting), CAST(sqlc.arg(position) AS BIGINT))
        ORDER BY d.posting DESC, d.position DESC LIMIT CAST(sqlc.arg(page) AS BIGINT)
    ) AS received
    UNION ALL
    SELECT * FROM (
        SELECT c.posting, c.position, c.debit, c.credit, c.asset, c.amount, c.seller
        FROM ledger_transfer c
        WHERE c.credit = sqlc.arg(account) AND (c.posting, c.position) < (sqlc.arg(posting), CAST(sqlc.arg(position) AS BIGINT))
        ORDER BY c.posting DESC, c.position DESC LIMIT CAST(sqlc.arg(page) AS BIGINT)
    ) AS given
) AS t
JOIN ledger_posting p ON p.id = t.posting
ORDER BY t.posting DESC, t.position DESC
LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Turnovers :many
-- What each of some accounts received and gave by each kind of posting.
SELECT s.account, s.asset, p.kind, CAST(SUM(s.received) AS BIGINT) AS debit, CAST(SUM(s.given) AS BIGINT) AS credit
FROM (
    SELECT d.posting, d.debit AS account, d.asset, d.amount AS received, 0 AS given FROM ledger_transfer d
    WHERE d.debit IN (SELECT value FROM json_each(cast(sqlc.arg(accounts) AS TEXT)))
    UNION ALL
    SELECT c.posting, c.credit AS account, c.asset, 0 AS received, c.amount AS given FROM ledger_transfer c
    WHERE c.credit IN (SELECT value FROM json_each(cast(sqlc.arg(accounts) AS TEXT)))
) AS s
JOIN ledger_posting p ON p.id = s.posting
GROUP BY s.account, s.asset, p.kind
ORDER BY s.account, s.asset, p.kind;

-- name: PostingsAfter :many
-- The postings after an id with their transfers, for whoever checks them. A posting without any has an amount of zero.
SELECT p.id, p.kind, p.ref, COALESCE(t.debit, '') AS debit, COALESCE(t.credit, '') AS credit, COALESCE(t.asset, '') AS asset,
    CAST(COALESCE(t.amount, 0) AS BIGINT) AS amount
FROM (SELECT id, kind, ref FROM ledger_posting WHERE id > sqlc.arg(after) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT)) AS p
LEFT JOIN ledger_transfer t ON t.posting = p.id
ORDER BY p.id, t.position;
