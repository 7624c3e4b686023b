-- name: Net :many
-- What each account would get of each asset, less what it would give, if all that is due by a day settled.
SELECT n.account, n.asset, CAST(SUM(n.quantity) AS BIGINT) AS quantity FROM (
    SELECT g.account, g.asset, CASE WHEN g.side = 'buy' THEN g.open ELSE -g.open END AS quantity
    FROM clearing_obligation g WHERE g.open > 0 AND g.due <= sqlc.arg(day)
    UNION ALL
    SELECT m.account, m.currency AS asset, CASE WHEN m.side = 'buy' THEN -m.owed ELSE m.owed END AS quantity
    FROM clearing_obligation m WHERE m.open > 0 AND m.due <= sqlc.arg(day)
) AS n
GROUP BY n.account, n.asset;

-- name: DueClaims :many
-- Both sides of what is due by a day, the oldest trade first.
SELECT b.trade, b.account AS buyer, s.account AS seller, b.asset, b.currency, b.open, b.owed, b.fails, b.forward, b.day, b.due, t.instrument, s.state
FROM clearing_obligation b
JOIN clearing_obligation s ON s.trade = b.trade AND s.side = 'sell'
JOIN clearing_trade t ON t.id = b.trade
WHERE b.side = 'buy' AND b.open > 0 AND b.due <= sqlc.arg(day)
ORDER BY b.day, b.trade;

-- name: ClaimsOf :many
-- Both sides of what is open in the trades of some accounts, the oldest trade first.
SELECT b.trade, b.account AS buyer, s.account AS seller, b.asset, b.currency, b.open, b.owed, b.fails, b.forward, b.day, b.due, t.instrument, s.state
FROM clearing_obligation b
JOIN clearing_obligation s ON s.trade = b.trade AND s.side = 'sell'
JOIN clearing_trade t ON t.id = b.trade
WHERE b.side = 'buy' AND b.open > 0 AND b.trade IN (
    SELECT o.trade FROM clearing_obligation o
    WHERE o.open > 0 AND o.account IN (SELECT value FROM json_each(cast(sqlc.arg(accounts) AS TEXT)))
)
ORDER BY b.day, b.trade;

-- name: ClaimsOn :many
-- Both sides of what is open in one asset, the oldest trade first.
SELECT b.trade, b.account AS buyer, s.account AS seller, b.asset, b.currency, b.open, b.owed, b.fails, b.forward, b.day, b.due, t.instrument, s.state
FROM clearing_obligation b
JOIN clearing_obligation s ON s.trade = b.trade AND s.side = 'sell'
JOIN clearing_trade t ON t.id = b.trade
WHERE b.side = 'buy' AND b.open > 0 AND b.asset = sqlc.arg(asset)
ORDER BY b.day, b.trade;

-- name: Forwards :many
-- Both sides of all forwards that are open, the oldest trade first.
SELECT b.trade, b.account AS buyer, s.account AS seller, b.asset, b.currency, b.open, b.owed, b.fails, b.forward, b.day, b.due, t.instrument, s.state
FROM clearing_obligation b
JOIN clearing_obligation s ON s.trade = b.trade AND s.side = 'sell'
JOIN clearing_trade t ON t.id = b.trade
WHERE b.side = 'buy' AND b.open > 0 AND b.forward = 1
ORDER BY b.day, b.trade;

-- name: ClaimOf :many
-- Both sides of what is open in one trade.
SELECT b.trade, b.account AS buyer, s.account AS seller, b.asset, b.currency, b.open, b.owed, b.fails, b.forward, b.day, b.due, t.instrument, s.state
FROM clearing_obligation b
JOIN clearing_obligation s ON s.trade = b.trade AND s.side = 'sell'
JOIN clearing_trade t ON t.id = b.trade
WHERE b.side = 'buy' AND b.open > 0 AND b.trade = sqlc.arg(trade);

-- name: GetTrade :one
SELECT * FROM clearing_trade WHERE id = $1;

-- name: TradesOn :many
SELECT * FROM clearing_trade WHERE day = $1 ORDER BY id;

-- name: LatestOn :many
SELECT * FROM clearing_trade WHERE day = sqlc.arg(day) ORDER BY id DESC LIMIT sqlc.arg(n);

-- name: ObligationsOf :many
SELECT * FROM clearing_obligation WHERE trade = $1 ORDER BY side;

-- name: ObligationsBy :many
-- What came about on a day, and what was open or due then.
SELECT * FROM clearing_obligation o
WHERE (o.day = sqlc.arg(day)) OR (o.open > 0 AND o.day <= sqlc.arg(day)) OR (o.due = sqlc.arg(day))
ORDER BY o.day, o.trade, o.side;

-- name: OpenBy :many
-- What is open of a trade, by who has to deliver or pay, and by the day on which that is due.
SELECT o.due, o.asset, o.currency, o.state, CAST(COUNT(*) AS BIGINT) AS n, CAST(SUM(o.open) AS BIGINT) AS open, CAST(SUM(o.owed) AS BIGINT) AS owed
FROM clearing_obligation o WHERE o.open > 0 AND o.side = 'sell'
GROUP BY o.due, o.asset, o.currency, o.state;

-- name: Lacking :one
-- How many sides have lacked what they owe and still do.
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM clearing_obligation WHERE open > 0 AND state = 'failed';

-- name: FailuresOn :many
SELECT * FROM clearing_failure WHERE day = $1 ORDER BY trade;

-- name: MarkBusted :execrows
-- Nothing when it is busted already.
UPDATE clearing_trade SET busted_at = sqlc.arg(at) WHERE id = sqlc.arg(id) AND busted_at = 0;

-- name: DropObligations :exec
-- Both sides of a busted trade: what was settled goes back, what was open ends.
UPDATE clearing_obligation SET ended = quantity, dropped = amount, open = 0, owed = 0, settled = 0, paid = 0, state = 'busted'
WHERE trade = $1;

-- name: SettleWhole :exec
-- All that is open in these trades is settled.
UPDATE clearing_obligation SET settled = settled + open, paid = paid + owed, open = 0, owed = 0, state = 'settled'
WHERE open > 0 AND trade IN (SELECT CAST(value AS BIGINT) FROM json_each(cast(sqlc.arg(trades) AS TEXT)));

-- name: EndOpen :exec
-- All that is open in these trades ends otherwise than by settlement.
UPDATE clearing_obligation SET ended = ended + open, dropped = dropped + owed, open = 0, owed = 0, state = sqlc.arg(state)
WHERE open > 0 AND trade IN (SELECT CAST(value AS BIGINT) FROM json_each(cast(sqlc.arg(trades) AS TEXT)));

-- name: DuesBy :many
-- What is due by a day.
SELECT * FROM clearing_due WHERE state = 'due' AND day <= $1;

-- name: DuesOf :many
-- What some places have to pay.
SELECT * FROM clearing_due
WHERE state = 'due' AND payer IN (SELECT value FROM json_each(cast(sqlc.arg(payers) AS TEXT)));

-- name: DuesFor :many
-- What came of one trade beside it.
SELECT * FROM clearing_due WHERE trade = $1;

-- name: TurnDues :exec
UPDATE clearing_due SET state = sqlc.arg(state) WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: AddMovement :execrows
-- Nothing when this reference was told before.
INSERT INTO clearing_movement (ref, place, source, asset, amount, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (ref) DO NOTHING;

-- name: LooseOf :one
-- How often an asset came or went without a receipt.
SELECT COUNT(*) FROM clearing_movement WHERE asset = $1 AND substr(ref, 1, 8) NOT IN ('receipt:', 'release:');

-- name: GetMovement :one
SELECT * FROM clearing_movement WHERE ref = $1;

-- name: MovedIn :many
-- What was brought in less what was taken out, by asset.
SELECT asset, CAST(SUM(amount) AS BIGINT) AS amount FROM clearing_movement WHERE source = '' GROUP BY asset ORDER BY asset;

-- name: AddReceipt :execrows
INSERT INTO clearing_receipt (id, asset, lot, quality, store, expires, quantity, owner, state, origin)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'stored', '') ON CONFLICT (id) DO NOTHING;

-- name: AddReceiptPart :exec
INSERT INTO clearing_receipt (id, asset, lot, quality, store, expires, quantity, owner, state, origin)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'stored', $9);

-- name: GetReceipt :one
SELECT * FROM clearing_receipt WHERE id = $1;

-- name: ReceiptsOf :many
SELECT * FROM clearing_receipt WHERE owner = $1 AND state = 'stored';

-- name: ReceiptsIn :many
-- The receipts of some accounts for some goods.
SELECT * FROM clearing_receipt
WHERE state = 'stored' AND asset IN (SELECT value FROM json_each(cast(sqlc.arg(assets) AS TEXT)))
    AND owner IN (SELECT value FROM json_each(cast(sqlc.arg(owners) AS TEXT)));

-- name: GoodsAmong :many
-- Which of some assets are goods that lie in a store.
SELECT DISTINCT asset FROM clearing_receipt
WHERE asset IN (SELECT value FROM json_each(cast(sqlc.arg(assets) AS TEXT)));

-- name: StoredBy :many
-- What the receipts of each owner add up to.
SELECT owner, asset, CAST(SUM(quantity) AS BIGINT) AS quantity FROM clearing_receipt
WHERE state = 'stored' GROUP BY owner, asset ORDER BY owner, asset;

-- name: TurnReceipt :exec
UPDATE clearing_receipt SET owner = sqlc.arg(owner), quantity = sqlc.arg(quantity) WHERE id = sqlc.arg(id);

-- name: ReleaseReceipt :execrows
UPDATE clearing_receipt SET state = 'released' WHERE id = sqlc.arg(id) AND owner = sqlc.arg(owner) AND state = 'stored';

-- name: AddAction :execrows
-- Nothing when this reference was told before.
INSERT INTO clearing_action (ref, kind, asset, currency, amount, per, payer, day, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (ref) DO NOTHING;

-- name: GetAction :one
SELECT * FROM clearing_action WHERE ref = $1;

-- name: EndAction :execrows
UPDATE clearing_action SET state = 'done' WHERE ref = $1 AND state = 'recorded';

-- name: SplitsSince :one
SELECT COUNT(*) FROM clearing_action WHERE asset = sqlc.arg(asset) AND kind = 'split' AND day >= sqlc.arg(day);

-- name: Entitled :many
SELECT * FROM clearing_entitled WHERE ref = $1 ORDER BY position;

-- name: FixingsOn :many
-- The prices of a day.
SELECT * FROM clearing_fixing WHERE day = $1;

-- name: LatestFixings :many
-- The last price of each instrument up to a day.
SELECT f.instrument, f.day, f.price, f.unit, f.margin FROM clearing_fixing f
JOIN (SELECT g.instrument, MAX(g.day) AS day FROM clearing_fixing g WHERE g.day <= sqlc.arg(day) GROUP BY g.instrument) AS l
ON l.instrument = f.instrument AND l.day = f.day
ORDER BY f.instrument;

-- name: AddDefault :execrows
-- Nothing when this default was told before.
INSERT INTO clearing_default (ref, member, at, report) VALUES ($1, $2, $3, $4) ON CONFLICT (ref) DO NOTHING;

-- name: DefaultsOf :many
-- The last ones of a member, the youngest first.
SELECT * FROM clearing_default WHERE member = $1 AND report <> '' ORDER BY at DESC, ref LIMIT 20;

-- name: SidesOfAssets :many
-- What the sides of all trades have come to, by asset.
SELECT asset, side, COUNT(*) AS n, CAST(SUM(quantity) AS BIGINT) AS quantity, CAST(SUM(settled) AS BIGINT) AS settled,
    CAST(SUM(open) AS BIGINT) AS open, CAST(SUM(ended) AS BIGINT) AS ended, CAST(SUM(amount) AS BIGINT) AS amount,
    CAST(SUM(paid) AS BIGINT) AS paid, CAST(SUM(owed) AS BIGINT) AS owed, CAST(SUM(dropped) AS BIGINT) AS dropped
FROM clearing_obligation GROUP BY asset, side ORDER BY asset, side;

-- name: TradesOf :many
SELECT asset, COUNT(*) AS n FROM clearing_trade GROUP BY asset ORDER BY asset;

-- name: TradesAmong :many
SELECT * FROM clearing_trade
WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each(cast(sqlc.arg(ids) AS TEXT))) ORDER BY id;

-- name: TradeCalled :one
-- The first trade that was agreed elsewhere under a name.
SELECT * FROM clearing_trade WHERE ref = sqlc.arg(ref) AND ref <> '' ORDER BY id LIMIT 1;

-- name: Awaited :many
-- What trades that are open will bring to accounts and take from them, by side; forwards are not counted on before they are delivered.
SELECT o.account, o.asset, o.currency, o.side, CAST(SUM(o.open) AS BIGINT) AS open, CAST(SUM(o.owed) AS BIGINT) AS owed
FROM clearing_obligation o WHERE o.open > 0 AND o.forward = 0 GROUP BY o.account, o.asset, o.currency, o.side;

-- name: FeesDue :many
-- What accounts have yet to pay for trades.
SELECT payer, currency, CAST(SUM(amount) AS BIGINT) AS amount FROM clearing_due WHERE state = 'due' AND kind = 'fee' GROUP BY payer, currency;

-- name: LastTrade :one
SELECT CAST(COALESCE(MAX(id), 0) AS BIGINT) AS id FROM clearing_trade;

-- name: TradesIn :many
-- The last trades in an instrument before one, the newest first.
SELECT * FROM clearing_trade WHERE instrument = sqlc.arg(instrument) AND id < sqlc.arg(before) ORDER BY id DESC LIMIT sqlc.arg(most);

-- name: TradesWith :many
-- The last trades of an account before one, the newest first.
SELECT t.* FROM clearing_obligation o
JOIN clearing_trade t ON t.id = o.trade
WHERE o.account = sqlc.arg(account) AND o.trade < sqlc.arg(before) ORDER BY o.trade DESC LIMIT sqlc.arg(most);

-- name: AddNotice :execrows
-- Nothing when this reference was told before.
INSERT INTO clearing_notice (ref, kind, asset, currency, amount, per, fresh, old, payer, record_day, pay_day, state, lacks, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'announced', 0, $12) ON CONFLICT (ref) DO NOTHING;

-- name: GetNotice :one
SELECT * FROM clearing_notice WHERE ref = $1;

-- name: NoticesSince :many
-- What was announced of any asset from a day of record on, the last one first.
SELECT * FROM clearing_notice WHERE record_day >= sqlc.arg(since) ORDER BY record_day DESC, ref LIMIT 500;

-- name: NoticesToRecord :many
-- By the day of record, and of one day those that were announced first: see CarryOut.
SELECT ref FROM clearing_notice WHERE state = 'announced' AND record_day <= $1 ORDER BY record_day, at, ref LIMIT 500;

-- name: NoticesToPay :many
SELECT ref FROM clearing_notice WHERE state = 'recorded' AND pay_day <= $1 ORDER BY pay_day, at, ref LIMIT 500;

-- name: TurnNotice :execrows
-- Nothing when it stands otherwise meanwhile.
UPDATE clearing_notice SET state = sqlc.arg(state), lacks = sqlc.arg(lacks) WHERE ref = sqlc.arg(ref) AND state = sqlc.arg(was);

-- name: LessonsSince :many
SELECT * FROM clearing_lesson WHERE at >= $1 ORDER BY at, id;

-- name: DivisionsSince :many
-- How the units of some assets were divided since a time, in that order.
SELECT asset, at, fresh, old FROM clearing_lesson
WHERE at >= sqlc.arg(at) AND fresh > 0 AND asset IN (SELECT value FROM json_each(cast(sqlc.arg(assets) AS TEXT))) ORDER BY at, id;

-- name: PricedBy :many
-- The trades that say what some others are worth: the last one of the open market in the same instrument, or else the trade itself.
SELECT * FROM clearing_trade WHERE id IN (
    SELECT COALESCE((
        SELECT p.id FROM clearing_trade p
        WHERE p.instrument = o.instrument AND p.busted_at = 0 AND p.kind IN ('continuous', 'auction') ORDER BY p.id DESC LIMIT 1
    ), o.id) FROM clearing_trade o WHERE o.id IN (SELECT CAST(value AS BIGINT) FROM json_each(cast(sqlc.arg(ids) AS TEXT)))
) ORDER BY id;

-- name: LastPrices :many
-- The last price of each of some instruments on the open market, between two days.
SELECT t.instrument, t.price, t.day FROM clearing_trade t
JOIN (
    SELECT p.instrument, MAX(p.id) AS id FROM clearing_trade p
    WHERE p.day >= sqlc.arg(since) AND p.day <= sqlc.arg(day) AND p.busted_at = 0 AND p.kind IN ('continuous', 'auction')
        AND p.instrument IN (SELECT value FROM json_each(cast(sqlc.arg(instruments) AS TEXT)))
    GROUP BY p.instrument
) AS l ON l.id = t.id
ORDER BY t.instrument;

-- name: ExpiredReceipts :many
SELECT * FROM clearing_receipt WHERE state = 'stored' AND expires < sqlc.arg(day) ORDER BY expires, id LIMIT sqlc.arg(most);

-- name: LapseReceipts :exec
UPDATE clearing_receipt SET state = 'released' WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: AddPayout :execrows
-- Nothing when it was asked for before.
INSERT INTO clearing_payout (id, account, asset, amount, bank, state, note, asked_by, decided_by, at, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, '', $7, '', $8, 0) ON CONFLICT (id) DO NOTHING;

-- name: GetPayout :one
SELECT * FROM clearing_payout WHERE id = $1;

-- name: PayoutsOf :many
-- The last ones of an account, the youngest first.
SELECT * FROM clearing_payout WHERE account = $1 ORDER BY at DESC, id LIMIT 50;

-- name: PayoutsAsked :many
-- Those that wait for a decision, the oldest first.
SELECT * FROM clearing_payout WHERE state = 'asked' ORDER BY at, id LIMIT 500;

-- name: TurnPayout :execrows
-- Nothing when it stands otherwise meanwhile.
UPDATE clearing_payout SET state = sqlc.arg(state), note = sqlc.arg(note), decided_by = sqlc.arg(decided_by), decided_at = sqlc.arg(decided_at)
WHERE id = sqlc.arg(id) AND state = sqlc.arg(was);

-- name: MovementsAt :many
-- What came in and went out at a place, the youngest first.
SELECT * FROM clearing_movement WHERE place = $1 ORDER BY at DESC, ref LIMIT 50;
