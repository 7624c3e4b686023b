-- name: LastNumber :one
-- The number of the youngest notice; zero before the first.
SELECT CAST(COALESCE(MAX(number), 0) AS BIGINT) AS number FROM bidding_notice;

-- name: LiveOf :one
-- How many notices of an account are not decided yet.
SELECT COUNT(*) FROM bidding_notice WHERE account = sqlc.arg(account) AND turns_at > 0;

-- name: AddNotice :exec
INSERT INTO bidding_notice (id, number, kind, state, account, party, by_user, instrument, currency, guarantee, opens_at, unseals_at, ends_at,
    turns_at, announced_at, decided_at, entries, last_at, best, reason, body)
VALUES (sqlc.arg(id), sqlc.arg(number), sqlc.arg(kind), 'announced', sqlc.arg(account), sqlc.arg(party), sqlc.arg(by_user), sqlc.arg(instrument),
    sqlc.arg(currency), sqlc.arg(guarantee), sqlc.arg(opens_at), sqlc.arg(unseals_at), sqlc.arg(ends_at), sqlc.arg(turns_at), sqlc.arg(announced_at),
    0, 0, sqlc.arg(announced_at), 0, '', sqlc.arg(body));

-- name: Notice :one
-- A notice by its id.
SELECT * FROM bidding_notice WHERE id = sqlc.arg(id);

-- name: Notices :many
-- Notices before a number, the youngest first. What is empty does not narrow the list; mine holds what some accounts have
-- announced, secured, made an offer or bid for, offered what has offers.
SELECT * FROM bidding_notice n
WHERE n.number < sqlc.arg(before)
  AND (CAST(sqlc.arg(kind) AS TEXT) = '' OR n.kind = CAST(sqlc.arg(kind) AS TEXT))
  AND (CAST(sqlc.arg(state) AS TEXT) = '' OR n.state = CAST(sqlc.arg(state) AS TEXT))
  AND (CAST(sqlc.arg(live) AS BIGINT) = 0 OR n.turns_at > 0)
  AND (CAST(sqlc.arg(offered) AS BIGINT) = 0 OR n.id IN (SELECT o.notice FROM bidding_offer o))
  AND (CAST(sqlc.arg(mine) AS BIGINT) = 0
    OR n.account IN (SELECT value FROM json_each(CAST(sqlc.arg(accounts) AS TEXT)))
    OR n.id IN (SELECT e.notice FROM bidding_entry e WHERE e.account IN (SELECT value FROM json_each(CAST(sqlc.arg(accounts) AS TEXT))))
    OR n.id IN (SELECT o.notice FROM bidding_offer o WHERE o.account IN (SELECT value FROM json_each(CAST(sqlc.arg(accounts) AS TEXT))))
    OR n.id IN (SELECT p.notice FROM bidding_pledge p WHERE p.account IN (SELECT value FROM json_each(CAST(sqlc.arg(accounts) AS TEXT)))))
ORDER BY n.number DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Due :many
-- Those whose next turn has come, the longest due first.
SELECT id FROM bidding_notice WHERE turns_at > 0 AND turns_at <= sqlc.arg(at) ORDER BY turns_at, id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Turn :execrows
-- Brings a notice into another state, if nobody has written beside it meanwhile.
UPDATE bidding_notice SET state = sqlc.arg(state), turns_at = sqlc.arg(turns_at), decided_at = sqlc.arg(decided_at), best = sqlc.arg(best), reason = sqlc.arg(reason)
WHERE id = sqlc.arg(id) AND state = sqlc.arg(was) AND entries = sqlc.arg(entries);

-- name: Entered :execrows
-- Counts an entry and moves the end, if it is the next one.
UPDATE bidding_notice SET state = sqlc.arg(state), entries = sqlc.arg(number), last_at = sqlc.arg(at), ends_at = sqlc.arg(ends_at), turns_at = sqlc.arg(turns_at),
    best = sqlc.arg(best)
WHERE id = sqlc.arg(id) AND entries = sqlc.arg(number) - 1 AND turns_at > 0;

-- name: AddEntry :exec
INSERT INTO bidding_entry (notice, number, what, account, by_user, at, sealed, body)
VALUES (sqlc.arg(notice), sqlc.arg(number), sqlc.arg(what), sqlc.arg(account), sqlc.arg(by_user), sqlc.arg(at), sqlc.arg(sealed), sqlc.arg(body));

-- name: Entries :many
-- All that was said in a bidding, in its order.
SELECT * FROM bidding_entry WHERE notice = sqlc.arg(notice) ORDER BY number;

-- name: AddAward :exec
INSERT INTO bidding_award (notice, number, item, buyer, buyer_user, seller, seller_user, price, quantity, state, reason, at)
VALUES (sqlc.arg(notice), sqlc.arg(number), sqlc.arg(item), sqlc.arg(buyer), sqlc.arg(buyer_user), sqlc.arg(seller), sqlc.arg(seller_user), sqlc.arg(price),
    sqlc.arg(quantity), 'agreed', '', sqlc.arg(at));

-- name: Awards :many
-- What was won in a bidding.
SELECT * FROM bidding_award WHERE notice = sqlc.arg(notice) ORDER BY number;

-- name: EndAward :exec
-- Says what became of what was won, once.
UPDATE bidding_award SET state = sqlc.arg(state), reason = sqlc.arg(reason), at = sqlc.arg(at)
WHERE notice = sqlc.arg(notice) AND number = sqlc.arg(number) AND state = 'agreed';

-- name: AddPledge :execrows
-- Writes down what a bidder has secured his word with, once for each bidding.
INSERT INTO bidding_pledge (notice, account, by_user, amount, currency, ref, state, at)
VALUES (sqlc.arg(notice), sqlc.arg(account), sqlc.arg(by_user), sqlc.arg(amount), sqlc.arg(currency), sqlc.arg(ref), 'held', sqlc.arg(at))
ON CONFLICT (notice, account) DO NOTHING;

-- name: Pledges :many
-- All that secures a bidding.
SELECT * FROM bidding_pledge WHERE notice = sqlc.arg(notice) ORDER BY account;

-- name: EndPledges :many
-- Releases or draws what some bidders have secured, as far as it is held still, and gives what that was.
UPDATE bidding_pledge SET state = sqlc.arg(state), at = sqlc.arg(at)
WHERE notice = sqlc.arg(notice) AND state = 'held' AND account IN (SELECT value FROM json_each(CAST(sqlc.arg(accounts) AS TEXT)))
RETURNING *;

-- name: PutOffer :execrows
-- Writes down what somebody offers, in the place of what he has offered before; what was judged stays.
INSERT INTO bidding_offer (notice, account, by_user, party, at, body, verdict, reason, judge, judged_at)
VALUES (sqlc.arg(notice), sqlc.arg(account), sqlc.arg(by_user), sqlc.arg(party), sqlc.arg(at), sqlc.arg(body), '', '', '', 0)
ON CONFLICT (notice, account) DO UPDATE SET by_user = excluded.by_user, at = excluded.at, body = excluded.body WHERE bidding_offer.verdict = '';

-- name: Offers :many
-- All offers of the first stage of a tender; of one account, if one is named.
SELECT * FROM bidding_offer
WHERE notice = sqlc.arg(notice) AND (CAST(sqlc.arg(account) AS TEXT) = '' OR account = CAST(sqlc.arg(account) AS TEXT)) ORDER BY at;

-- name: JudgeOffer :execrows
-- Judges an offer. An admission stands; a refusal can be turned into one.
UPDATE bidding_offer SET verdict = sqlc.arg(verdict), reason = sqlc.arg(reason), judge = sqlc.arg(judge), judged_at = sqlc.arg(at)
WHERE notice = sqlc.arg(notice) AND account = sqlc.arg(account) AND (verdict = '' OR verdict = 'refused' AND CAST(sqlc.arg(verdict) AS TEXT) = 'admitted');

-- name: CountOffers :many
-- How many offers some tenders have, and how many of them wait for a verdict.
SELECT notice, COUNT(*) AS offers, CAST(SUM(CASE WHEN verdict = '' THEN 1 ELSE 0 END) AS BIGINT) AS waiting FROM bidding_offer
WHERE notice IN (SELECT value FROM json_each(CAST(sqlc.arg(notices) AS TEXT))) GROUP BY notice;
