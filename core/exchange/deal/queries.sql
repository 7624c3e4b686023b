-- name: Report :execrows
-- Nothing when the account has reported this reference already.
INSERT INTO deal (id, instrument, side, price, quantity, cycle, account, trader, member, other_account, other_trader, other_member, corrects,
    ref, state, reason, trade, reported_by, reported_at, due_at, decided_by, decided_at)
VALUES (sqlc.arg(id), sqlc.arg(instrument), sqlc.arg(side), sqlc.arg(price), sqlc.arg(quantity), sqlc.arg(cycle), sqlc.arg(account),
    sqlc.arg(trader), sqlc.arg(member), sqlc.arg(other_account), 0, sqlc.arg(other_member), sqlc.arg(corrects), sqlc.arg(ref), 'reported', '', 0,
    sqlc.arg(reported_by), sqlc.arg(reported_at), sqlc.arg(due_at), '', 0)
ON CONFLICT (account, ref) DO NOTHING;

-- name: Deal :one
SELECT * FROM deal WHERE id = sqlc.arg(id);

-- name: Referred :one
SELECT * FROM deal WHERE account = sqlc.arg(account) AND ref = sqlc.arg(ref);

-- name: Waiting :one
-- How many deals of an account nobody has answered yet.
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM deal WHERE account = sqlc.arg(account) AND state = 'reported';

-- name: Decide :execrows
-- Decides a deal that waits, once.
UPDATE deal SET state = sqlc.arg(state), reason = sqlc.arg(reason), decided_by = sqlc.arg(decided_by), decided_at = sqlc.arg(decided_at)
WHERE id = sqlc.arg(id) AND state = 'reported';

-- name: Confirm :execrows
-- Confirms a deal that waits, with the account and the trader of the other side.
UPDATE deal SET state = 'confirmed', other_account = sqlc.arg(other_account), other_trader = sqlc.arg(other_trader), other_member = sqlc.arg(other_member),
    decided_by = sqlc.arg(decided_by), decided_at = sqlc.arg(decided_at)
WHERE id = sqlc.arg(id) AND state = 'reported';

-- name: End :execrows
-- What the market has made of a deal that both sides want.
UPDATE deal SET state = sqlc.arg(state), reason = sqlc.arg(reason), trade = sqlc.arg(trade) WHERE id = sqlc.arg(id) AND state = 'confirmed';

-- name: Due :many
-- Deals that nobody has answered in time.
SELECT id, account, other_account, other_member FROM deal WHERE state = 'reported' AND due_at <= sqlc.arg(due_at) ORDER BY due_at LIMIT 500;

-- name: Lapse :execrows
UPDATE deal SET state = 'lapsed', decided_at = sqlc.arg(decided_at)
WHERE state = 'reported' AND id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: Of :many
-- The deals of an account before one, the youngest first: those that it has reported, those that name it, and open ones that name
-- its member.
SELECT * FROM deal WHERE id < sqlc.arg(before)
    AND (account = sqlc.arg(account) OR other_account = sqlc.arg(account)
        OR other_account = '' AND other_member = sqlc.arg(member) AND account <> sqlc.arg(account))
ORDER BY id DESC LIMIT sqlc.arg(most);

-- name: Incoming :one
-- How many deals wait for the answer of an account.
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM deal WHERE state = 'reported' AND due_at > sqlc.arg(now)
    AND (other_account = sqlc.arg(account) OR other_account = '' AND other_member = sqlc.arg(member) AND account <> sqlc.arg(account));
