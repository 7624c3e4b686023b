-- name: AddProvider :exec
INSERT INTO utility_provider (id, seller, code, kind, version, body) VALUES ($1, $2, $3, $4, 1, $5);

-- name: ReviseProvider :execrows
UPDATE utility_provider SET body = sqlc.arg(body), version = version + 1 WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: Provider :one
SELECT id, seller, code, kind, version, body FROM utility_provider WHERE id = $1;

-- name: ProviderByCode :one
SELECT id, seller, code, kind, version, body FROM utility_provider WHERE code = $1;

-- name: SomeProviders :many
SELECT id, seller, code, kind, version, body FROM utility_provider WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: Providers :many
SELECT id, seller, code, kind, version, body FROM utility_provider ORDER BY id LIMIT 500;

-- name: ProvidersOf :many
SELECT id, seller, code, kind, version, body FROM utility_provider WHERE seller = $1 ORDER BY id LIMIT 500;

-- name: Account :one
SELECT * FROM utility_account WHERE id = $1;

-- name: AccountByNumber :one
SELECT * FROM utility_account WHERE provider = $1 AND number = $2;

-- name: AccountsAfter :many
-- The accounts of a provider by number, a page at a time.
SELECT * FROM utility_account WHERE provider = $1 AND number > sqlc.arg(after) ORDER BY number LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: SomeAccounts :many
SELECT * FROM utility_account WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: CountAccounts :one
SELECT count(*) FROM utility_account WHERE provider = $1;

-- name: TellAccount :exec
-- Keeps what a remote provider says of a number, which becomes an account with that.
INSERT INTO utility_account (id, provider, number, holder, address, people, area, closed, told)
VALUES (sqlc.arg(id), sqlc.arg(provider), sqlc.arg(number), '', '', 0, 0, 0, sqlc.arg(told))
ON CONFLICT (provider, number) DO UPDATE SET told = excluded.told;

-- name: CountPayment :exec
UPDATE utility_account SET payments = payments + 1 WHERE id = $1;

-- name: AddMeter :execrows
INSERT INTO utility_meter (id, account, service, number, digits, last, last_day, billed, usual)
VALUES (sqlc.arg(id), sqlc.arg(account), sqlc.arg(service), sqlc.arg(number), sqlc.arg(digits), sqlc.arg(last), sqlc.arg(last_day), sqlc.arg(last), sqlc.arg(usual))
ON CONFLICT (account, service, number) DO NOTHING;

-- name: Meter :one
SELECT * FROM utility_meter WHERE id = $1;

-- name: MetersOf :many
SELECT * FROM utility_meter WHERE account IN (SELECT value FROM json_each(cast(sqlc.arg(accounts) AS TEXT))) ORDER BY account, service, number;

-- name: MoveMeter :execrows
-- Moves a meter to a reading, if nobody has moved it since.
UPDATE utility_meter SET last = sqlc.arg(last), last_day = sqlc.arg(last_day)
WHERE id = sqlc.arg(id) AND last = sqlc.arg(was) AND last_day = sqlc.arg(was_day);

-- name: BillMeters :exec
-- Says that meters are billed up to their last reading, and learns what is usual of what was used.
UPDATE utility_meter SET
    usual = CASE WHEN usual = 0 THEN last - billed WHEN last < billed THEN usual ELSE (usual * 3 + last - billed) / 4 END,
    billed = last
WHERE last <> billed AND account IN (SELECT value FROM json_each(cast(sqlc.arg(accounts) AS TEXT)));

-- name: KeepReading :exec
INSERT INTO utility_reading (id, meter, account, day, value, used, who, unusual) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (meter, day) DO UPDATE SET value = excluded.value, used = excluded.used, who = excluded.who, unusual = excluded.unusual;

-- name: ReadingBefore :one
-- The latest reading of a meter before a day.
SELECT * FROM utility_reading WHERE meter = sqlc.arg(meter) AND day < sqlc.arg(day) ORDER BY day DESC LIMIT 1;

-- name: Unusual :many
-- The readings of a provider since a day that were much more than usual.
SELECT r.id, r.meter, r.account, r.day, r.value, r.used, r.who, r.unusual, a.number AS account_number, m.number AS meter_number, m.service, m.usual
FROM utility_reading r JOIN utility_account a ON a.id = r.account JOIN utility_meter m ON m.id = r.meter
WHERE a.provider = sqlc.arg(provider) AND r.unusual = 1 AND r.day >= sqlc.arg(since) ORDER BY r.day DESC, r.id LIMIT 200;

-- name: BillsOf :many
SELECT * FROM utility_bill WHERE account = $1 ORDER BY month DESC LIMIT 24;

-- name: LatestBills :many
-- The latest bill of each of some accounts.
SELECT b.* FROM utility_bill b
WHERE b.account IN (SELECT value FROM json_each(cast(sqlc.arg(accounts) AS TEXT)))
    AND b.month = (SELECT max(o.month) FROM utility_bill o WHERE o.account = b.account);

-- name: AddPayment :execrows
-- Nothing when this channel has told of this transaction before.
INSERT INTO utility_payment (id, number, provider, channel, txn, account, bill, party, order_ref, sum, lines, day, dated_at, at, told, told_ref)
VALUES (sqlc.arg(id), sqlc.arg(number), sqlc.arg(provider), sqlc.arg(channel), sqlc.arg(txn), sqlc.arg(account), sqlc.arg(bill), sqlc.arg(party),
    sqlc.arg(order_ref), sqlc.arg(sum), sqlc.arg(lines), sqlc.arg(day), sqlc.arg(dated_at), sqlc.arg(at), sqlc.arg(told), '')
ON CONFLICT (provider, channel, txn) DO NOTHING;

-- name: PaymentByTxn :one
SELECT * FROM utility_payment WHERE provider = $1 AND channel = $2 AND txn = $3;

-- name: Payment :one
SELECT * FROM utility_payment WHERE id = $1;

-- name: PaymentsOf :many
-- What was paid for an account, the latest first.
SELECT * FROM utility_payment WHERE account = sqlc.arg(account) ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: PaymentsForBills :many
-- What was paid line by line for some bills of some accounts.
SELECT bill, lines FROM utility_payment
WHERE account IN (SELECT value FROM json_each(cast(sqlc.arg(accounts) AS TEXT)))
    AND bill IN (SELECT value FROM json_each(cast(sqlc.arg(bills) AS TEXT)));

-- name: PaymentsOn :many
-- What was paid to a provider on a day by a channel, a page at a time: not what it has not heard of, or refused.
SELECT p.*, a.number AS account_number FROM utility_payment p JOIN utility_account a ON a.id = p.account
WHERE p.provider = sqlc.arg(provider) AND p.day = sqlc.arg(day) AND p.channel = sqlc.arg(channel) AND p.told IN ('here', 'told') AND p.id > sqlc.arg(after)
ORDER BY p.id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Channels :many
-- What each channel collected on a day, for one provider or, when it is empty, for each.
SELECT provider, channel, count(*) AS payments, CAST(sum(sum) AS BIGINT) AS total FROM utility_payment
WHERE day = sqlc.arg(day) AND told IN ('here', 'told') AND (cast(sqlc.arg(provider) AS TEXT) = '' OR provider = cast(sqlc.arg(provider) AS TEXT))
GROUP BY provider, channel ORDER BY provider, channel LIMIT 2000;

-- name: WaitingOf :many
-- Payments of which a provider has not heard yet, the oldest first.
SELECT p.*, a.number AS account_number FROM utility_payment p JOIN utility_account a ON a.id = p.account
WHERE p.provider = sqlc.arg(provider) AND p.told = 'waiting' ORDER BY p.id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: OddOf :many
-- Payments of which a provider took another sum than it was told of, the latest first.
SELECT p.*, a.number AS account_number FROM utility_payment p JOIN utility_account a ON a.id = p.account
WHERE p.provider = sqlc.arg(provider) AND p.told = 'told' AND p.told_sum <> 0 ORDER BY p.id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: NoteTold :execrows
UPDATE utility_payment SET told = sqlc.arg(told), told_ref = sqlc.arg(told_ref), told_sum = sqlc.arg(told_sum), told_why = sqlc.arg(told_why),
    told_at = sqlc.arg(told_at), day = sqlc.arg(day)
WHERE id = sqlc.arg(id) AND told = 'waiting';

-- name: PaidUnheard :one
-- What was paid for a number of which its provider did not know when it was asked: it has not taken it yet, or only since.
SELECT CAST(coalesce(sum(p.sum), 0) AS BIGINT) AS total FROM utility_payment p JOIN utility_account a ON a.id = p.account
WHERE a.provider = sqlc.arg(provider) AND a.number = sqlc.arg(number) AND (p.told = 'waiting' OR p.told = 'told' AND p.told_at >= sqlc.arg(asked));

-- name: OweLess :exec
-- What a provider elsewhere has said of an account, after a payment of ours.
UPDATE utility_account SET told = sqlc.arg(told) WHERE id = sqlc.arg(id);

-- name: AskAgain :exec
-- Has a provider asked again about an account, or later than was said before.
INSERT INTO utility_asked (account, provider, tries, due_at, since)
VALUES (sqlc.arg(account), sqlc.arg(provider), 1, sqlc.arg(due_at), sqlc.arg(since))
ON CONFLICT (account) DO UPDATE SET tries = utility_asked.tries + 1, due_at = excluded.due_at;

-- name: AsksDue :many
SELECT s.account, s.provider, s.tries, s.due_at, s.since, a.number FROM utility_asked s JOIN utility_account a ON a.id = s.account
WHERE s.due_at <= sqlc.arg(now) ORDER BY s.due_at LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: EndAsk :exec
DELETE FROM utility_asked WHERE account = $1;

-- name: KeepAccount :exec
INSERT INTO utility_saved (party, account, name) VALUES (sqlc.arg(party), sqlc.arg(account), sqlc.arg(name))
ON CONFLICT (party, account) DO UPDATE SET name = excluded.name;

-- name: ForgetAccount :exec
DELETE FROM utility_saved WHERE party = $1 AND account = $2;

-- name: ForgetParty :exec
DELETE FROM utility_saved WHERE party = $1;

-- name: Saved :many
SELECT * FROM utility_saved WHERE party = $1 ORDER BY name, account LIMIT 100;

-- name: SavedOne :one
SELECT * FROM utility_saved WHERE party = $1 AND account = $2;

-- name: Draft :one
SELECT * FROM utility_draft WHERE id = $1;

-- name: Drafts :many
SELECT d.*, a.payments AS now, a.number, a.address, a.closed FROM utility_draft d JOIN utility_account a ON a.id = d.account
WHERE d.id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: MoveDraft :execrows
UPDATE utility_draft SET state = sqlc.arg(state), order_ref = sqlc.arg(order_ref), line = sqlc.arg(line) WHERE id = sqlc.arg(id) AND state = sqlc.arg(was);

-- name: ForgetDrafts :execrows
DELETE FROM utility_draft WHERE id IN (
    SELECT o.id FROM utility_draft o WHERE o.state = 'chosen' AND o.made_at < sqlc.arg(before) ORDER BY o.made_at LIMIT CAST(sqlc.arg(page) AS BIGINT));

-- name: BeginRun :execrows
INSERT INTO utility_run (id, provider, month, state, after, seen, of, bills, sum, skipped, begun_at, done_at)
VALUES (sqlc.arg(id), sqlc.arg(provider), sqlc.arg(month), 'running', '', 0, sqlc.arg(of), 0, 0, 0, sqlc.arg(begun_at), 0)
ON CONFLICT (provider, month) DO NOTHING;

-- name: RunningRun :one
SELECT * FROM utility_run WHERE state = 'running' ORDER BY id LIMIT 1;

-- name: Runs :many
SELECT * FROM utility_run WHERE provider = $1 ORDER BY month DESC LIMIT 36;

-- name: MoveRun :exec
UPDATE utility_run SET after = sqlc.arg(after), seen = sqlc.arg(seen), bills = sqlc.arg(bills), sum = sqlc.arg(sum), skipped = sqlc.arg(skipped),
    state = sqlc.arg(state), done_at = sqlc.arg(done_at)
WHERE id = sqlc.arg(id);

-- name: CloseRegister :execrows
-- Writes a register down, or anew while it has not been sent.
INSERT INTO utility_register (provider, channel, day, number, payments, sum, state, made_at)
VALUES (sqlc.arg(provider), sqlc.arg(channel), sqlc.arg(day), sqlc.arg(number), sqlc.arg(payments), sqlc.arg(sum), 'closed', sqlc.arg(made_at))
ON CONFLICT (provider, day, channel) DO UPDATE SET payments = excluded.payments, sum = excluded.sum
WHERE utility_register.state = 'closed' AND utility_register.payments <> excluded.payments;

-- name: LatestRegister :one
-- The latest day that has a register; empty when none has.
SELECT CAST(coalesce(max(day), '') AS TEXT) AS day FROM utility_register;

-- name: Registers :many
SELECT * FROM utility_register WHERE provider = sqlc.arg(provider) ORDER BY day DESC, channel LIMIT 200;

-- name: Register :one
SELECT * FROM utility_register WHERE provider = $1 AND channel = $2 AND day = $3;

-- name: MoveRegister :execrows
UPDATE utility_register SET state = sqlc.arg(state) WHERE provider = sqlc.arg(provider) AND channel = sqlc.arg(channel) AND day = sqlc.arg(day) AND state = sqlc.arg(was);

-- name: CheckRegister :exec
UPDATE utility_register SET checked = sqlc.arg(checked) WHERE provider = sqlc.arg(provider) AND channel = sqlc.arg(channel) AND day = sqlc.arg(day);

-- name: AccountsByNumbers :many
SELECT * FROM utility_account WHERE provider = sqlc.arg(provider) AND number IN (SELECT value FROM json_each(cast(sqlc.arg(numbers) AS TEXT)));

-- name: BilledIn :many
-- Those of some accounts that have a bill of a month.
SELECT account FROM utility_bill WHERE month = sqlc.arg(month) AND account IN (SELECT value FROM json_each(cast(sqlc.arg(accounts) AS TEXT)));

-- name: AddAutopay :exec
INSERT INTO utility_autopay (id, party, usr, account, provider, card, day, bill_limit, month_limit, state, agreed_at, ended_at, ended_why, next_day, reminded)
VALUES (sqlc.arg(id), sqlc.arg(party), sqlc.arg(usr), sqlc.arg(account), sqlc.arg(provider), sqlc.arg(card), sqlc.arg(day), sqlc.arg(bill_limit),
    sqlc.arg(month_limit), 'on', sqlc.arg(agreed_at), 0, '', sqlc.arg(next_day), '');

-- name: Autopay :one
SELECT * FROM utility_autopay WHERE id = $1;

-- name: AutopaysOf :many
-- Those of a party that are on, by account.
SELECT * FROM utility_autopay WHERE party = $1 AND state = 'on' ORDER BY account LIMIT 100;

-- name: EndAutopay :many
-- Ends what a party has agreed to for an account.
UPDATE utility_autopay SET state = 'ended', ended_at = sqlc.arg(ended_at), ended_why = sqlc.arg(ended_why)
WHERE party = sqlc.arg(party) AND account = sqlc.arg(account) AND state = 'on' RETURNING id;

-- name: EndAutopaysBy :many
-- Ends all that is paid with a card.
UPDATE utility_autopay SET state = 'ended', ended_at = sqlc.arg(ended_at), ended_why = sqlc.arg(ended_why)
WHERE card = sqlc.arg(card) AND party = sqlc.arg(party) AND state = 'on' RETURNING id, account;

-- name: AutopaysDue :many
SELECT * FROM utility_autopay WHERE state = 'on' AND next_day <= sqlc.arg(today) AND id > sqlc.arg(after) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: RemindAutopays :many
-- Those whose day comes soon and of which no letter has spoken; now it has.
UPDATE utility_autopay SET reminded = next_day WHERE id IN (
    SELECT o.id FROM utility_autopay o WHERE o.state = 'on' AND o.next_day <= sqlc.arg(until) AND o.next_day > sqlc.arg(today) AND o.reminded <> o.next_day
        AND CAST(substr(o.next_day, 9, 2) AS BIGINT) = o.day
    ORDER BY o.next_day, o.id LIMIT CAST(sqlc.arg(page) AS BIGINT)) RETURNING id;

-- name: MoveAutopay :execrows
UPDATE utility_autopay SET next_day = sqlc.arg(next_day) WHERE id = sqlc.arg(id) AND next_day = sqlc.arg(was);

-- name: AddTurn :exec
INSERT INTO utility_autopay_turn (autopay, day, state, sum, why, order_ref, at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: TurnsOf :many
SELECT * FROM utility_autopay_turn WHERE autopay = $1 ORDER BY day DESC LIMIT 24;

-- name: PaidByItself :one
-- What was paid by itself for an account since a time, whatever was agreed to meanwhile and whichever day it was meant for.
SELECT CAST(coalesce(sum(t.sum), 0) AS BIGINT) AS total FROM utility_autopay_turn t JOIN utility_autopay a ON a.id = t.autopay
WHERE a.party = sqlc.arg(party) AND a.account = sqlc.arg(account) AND t.state = 'paid' AND t.at >= sqlc.arg(since);

-- name: ForgetAutopays :exec
DELETE FROM utility_autopay WHERE party = $1;

-- name: ForgetTurns :exec
DELETE FROM utility_autopay_turn WHERE autopay IN (SELECT id FROM utility_autopay WHERE party = $1);
