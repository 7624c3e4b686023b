-- name: NextNumber :one
-- Gives the next number of a row of numbers.
INSERT INTO exchange_number (kind, last) VALUES (sqlc.arg(kind), 1)
ON CONFLICT (kind) DO UPDATE SET last = exchange_number.last + 1
RETURNING last;

-- name: AssetNumber :one
SELECT number FROM exchange_asset WHERE code = sqlc.arg(code);

-- name: AddAsset :exec
INSERT INTO exchange_asset (code, number) VALUES (sqlc.arg(code), sqlc.arg(number));

-- name: Assets :many
SELECT code, number FROM exchange_asset ORDER BY number;

-- name: LayTicks :execrows
-- Nothing when there is a table of this code.
INSERT INTO exchange_ticks (code, bands) VALUES (sqlc.arg(code), sqlc.arg(bands)) ON CONFLICT (code) DO NOTHING;

-- name: Ticks :one
SELECT bands FROM exchange_ticks WHERE code = sqlc.arg(code);

-- name: AllTicks :many
SELECT code, bands FROM exchange_ticks ORDER BY code;

-- name: Stand :exec
-- The first state of something.
INSERT INTO exchange_standing (subject, state, version) VALUES (sqlc.arg(subject), sqlc.arg(state), 1);

-- name: Standing :one
SELECT state FROM exchange_standing WHERE subject = sqlc.arg(subject);

-- name: Move :execrows
-- Brings something from the state in which it was seen into another one.
UPDATE exchange_standing SET state = sqlc.arg(state), version = version + 1
WHERE subject = sqlc.arg(subject) AND state = sqlc.arg(was);

-- name: Remember :exec
INSERT INTO exchange_history (id, subject, was, state, reason, done_by, second_by, at)
VALUES (sqlc.arg(id), sqlc.arg(subject), sqlc.arg(was), sqlc.arg(state), sqlc.arg(reason), sqlc.arg(done_by), sqlc.arg(second_by), sqlc.arg(at));

-- name: History :many
-- Every state of something, the first one first.
SELECT * FROM exchange_history WHERE subject = sqlc.arg(subject) ORDER BY id;

-- name: Propose :execrows
-- Nothing when the same thing is proposed already and not decided.
INSERT INTO exchange_proposal (id, kind, subject, body, reason, state, proposed_by, decided_by, note, proposed_at, due_at, decided_at)
VALUES (sqlc.arg(id), sqlc.arg(kind), sqlc.arg(subject), sqlc.arg(body), sqlc.arg(reason), 'open', sqlc.arg(proposed_by), '', '', sqlc.arg(proposed_at), sqlc.arg(due_at), 0)
ON CONFLICT (kind, subject) WHERE state = 'open' DO NOTHING;

-- name: Proposal :one
SELECT * FROM exchange_proposal WHERE id = sqlc.arg(id);

-- name: OpenProposal :one
SELECT * FROM exchange_proposal WHERE kind = sqlc.arg(kind) AND subject = sqlc.arg(subject) AND state = 'open';

-- name: LastProposal :one
-- The youngest of a kind about a subject, however it stands.
SELECT * FROM exchange_proposal WHERE kind = sqlc.arg(kind) AND subject = sqlc.arg(subject) ORDER BY proposed_at DESC, id DESC LIMIT 1;

-- name: OpenProposals :many
SELECT * FROM exchange_proposal WHERE state = 'open' ORDER BY id;

-- name: Decide :execrows
-- Decides what is still open, once.
UPDATE exchange_proposal SET state = sqlc.arg(state), decided_by = sqlc.arg(decided_by), note = sqlc.arg(note), decided_at = sqlc.arg(decided_at)
WHERE id = sqlc.arg(id) AND state = 'open';

-- name: Lapse :execrows
-- Ends every proposal that nobody has decided in time.
UPDATE exchange_proposal SET state = 'lapsed', decided_at = sqlc.arg(now)
WHERE state = 'open' AND due_at <= sqlc.arg(now);

-- name: OpenCalendar :execrows
INSERT INTO exchange_calendar (code, weekdays) VALUES (sqlc.arg(code), sqlc.arg(weekdays)) ON CONFLICT (code) DO NOTHING;

-- name: Calendar :one
SELECT code, weekdays FROM exchange_calendar WHERE code = sqlc.arg(code);

-- name: Announce :exec
INSERT INTO exchange_calendar_day (id, calendar, day, sort, announced_by, announced_at)
VALUES (sqlc.arg(id), sqlc.arg(calendar), sqlc.arg(day), sqlc.arg(sort), sqlc.arg(announced_by), sqlc.arg(announced_at));

-- name: CalendarDays :many
-- All that was announced, the later announcement later.
SELECT * FROM exchange_calendar_day WHERE calendar = sqlc.arg(calendar) ORDER BY id;

-- name: LaySchedule :execrows
INSERT INTO exchange_schedule (code, from_day, calendar, body, laid_by, laid_at)
VALUES (sqlc.arg(code), sqlc.arg(from_day), sqlc.arg(calendar), sqlc.arg(body), sqlc.arg(laid_by), sqlc.arg(laid_at))
ON CONFLICT (code, from_day) DO NOTHING;

-- name: Schedule :one
-- What counts for a group on a day.
SELECT code, from_day, calendar, body FROM exchange_schedule
WHERE code = sqlc.arg(code) AND from_day <= sqlc.arg(day) ORDER BY from_day DESC LIMIT 1;

-- name: Calendars :many
SELECT code, weekdays FROM exchange_calendar ORDER BY code;

-- name: Schedules :many
-- All hours that were ever laid, of a group the last ones first.
SELECT code, from_day, calendar, body FROM exchange_schedule ORDER BY code, from_day DESC;

-- name: Scheduled :one
-- How many schedules a group has had.
SELECT count(*) FROM exchange_schedule WHERE code = sqlc.arg(code);

-- name: AddInstrument :execrows
-- Nothing when the code is taken.
INSERT INTO exchange_instrument (id, number, code, asset, version, body)
VALUES (sqlc.arg(id), sqlc.arg(number), sqlc.arg(code), sqlc.arg(asset), 1, sqlc.arg(body))
ON CONFLICT (code) DO NOTHING;

-- name: ReviseInstrument :execrows
-- Changes what an instrument says, if nobody has changed it since.
UPDATE exchange_instrument SET body = sqlc.arg(body), version = version + 1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: KeepInstrument :exec
INSERT INTO exchange_instrument_was (instrument, version, body, until_at, changed_by)
VALUES (sqlc.arg(instrument), sqlc.arg(version), sqlc.arg(body), sqlc.arg(until_at), sqlc.arg(changed_by));

-- name: InstrumentWas :one
SELECT body FROM exchange_instrument_was WHERE instrument = sqlc.arg(instrument) AND version = sqlc.arg(version);

-- name: Instrument :one
-- An instrument by its id or its code, with the numbers of what is owned and what is paid.
SELECT i.id, i.number, i.code, i.asset, i.version, i.body, s.state, a.number AS asset_number
FROM exchange_instrument i JOIN exchange_standing s ON s.subject = i.id JOIN exchange_asset a ON a.code = i.asset
WHERE i.id = sqlc.arg(name) OR i.code = sqlc.arg(name);

-- name: Instruments :many
-- Those in some states, by their numbers.
SELECT i.id, i.number, i.code, i.asset, i.version, i.body, s.state, a.number AS asset_number
FROM exchange_instrument i JOIN exchange_standing s ON s.subject = i.id JOIN exchange_asset a ON a.code = i.asset
WHERE s.state IN (SELECT value FROM json_each(cast(sqlc.arg(states) AS TEXT))) ORDER BY i.number;

-- name: AddMember :execrows
-- Nothing when the code or the BIN is taken.
INSERT INTO exchange_member (id, number, code, bin, sponsor, body)
VALUES (sqlc.arg(id), sqlc.arg(number), sqlc.arg(code), sqlc.arg(bin), sqlc.arg(sponsor), sqlc.arg(body))
ON CONFLICT DO NOTHING;

-- name: Member :one
SELECT m.id, m.number, m.code, m.bin, m.sponsor, m.body, s.state
FROM exchange_member m JOIN exchange_standing s ON s.subject = m.id
WHERE m.id = sqlc.arg(name) OR m.code = sqlc.arg(name);

-- name: ReviseMember :exec
UPDATE exchange_member SET body = sqlc.arg(body) WHERE id = sqlc.arg(id);

-- name: Members :many
SELECT m.id, m.number, m.code, m.bin, m.sponsor, m.body, s.state
FROM exchange_member m JOIN exchange_standing s ON s.subject = m.id ORDER BY m.number;

-- name: AddTrader :execrows
-- Nothing when the code is taken or the user trades for the member already.
INSERT INTO exchange_trader (id, number, code, member, user_ref)
VALUES (sqlc.arg(id), sqlc.arg(number), sqlc.arg(code), sqlc.arg(member), sqlc.arg(user_ref))
ON CONFLICT DO NOTHING;

-- name: Trader :one
SELECT t.id, t.number, t.code, t.member, t.user_ref, s.state
FROM exchange_trader t JOIN exchange_standing s ON s.subject = t.id
WHERE t.id = sqlc.arg(name) OR t.code = sqlc.arg(name);

-- name: Traders :many
SELECT t.id, t.number, t.code, t.member, t.user_ref, s.state
FROM exchange_trader t JOIN exchange_standing s ON s.subject = t.id ORDER BY t.number;

-- name: TradersOf :many
-- Whom a user is as a trader.
SELECT t.id, t.number, t.code, t.member, t.user_ref, s.state
FROM exchange_trader t JOIN exchange_standing s ON s.subject = t.id WHERE t.user_ref = sqlc.arg(user_ref) ORDER BY t.number;

-- name: AddAccount :execrows
-- Nothing when the code is taken.
INSERT INTO exchange_account (id, number, code, member, party, kind, parent, class)
VALUES (sqlc.arg(id), sqlc.arg(number), sqlc.arg(code), sqlc.arg(member), sqlc.arg(party), sqlc.arg(kind), sqlc.arg(parent), sqlc.arg(class))
ON CONFLICT (code) DO NOTHING;

-- name: Account :one
SELECT a.id, a.number, a.code, a.member, a.party, a.kind, a.parent, a.class, s.state
FROM exchange_account a JOIN exchange_standing s ON s.subject = a.id
WHERE a.id = sqlc.arg(name) OR a.code = sqlc.arg(name);

-- name: Accounts :many
-- All accounts after a number, a page at a time.
SELECT a.id, a.number, a.code, a.member, a.party, a.kind, a.parent, a.class, s.state
FROM exchange_account a JOIN exchange_standing s ON s.subject = a.id
WHERE a.number > sqlc.arg(after) ORDER BY a.number LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: AccountsOf :many
SELECT a.id, a.number, a.code, a.member, a.party, a.kind, a.parent, a.class, s.state
FROM exchange_account a JOIN exchange_standing s ON s.subject = a.id
WHERE a.party = sqlc.arg(party) ORDER BY a.id;

-- name: AccountsFor :many
-- The accounts of a party and those that a user was granted, with how many grants stand.
SELECT a.id, a.number, a.code, a.member, a.party, a.kind, a.parent, a.class, s.state,
    CAST((SELECT COUNT(*) FROM exchange_grant g JOIN exchange_trader t ON t.id = g.trader
        WHERE g.account = a.id AND g.ended_at = 0 AND t.user_ref = sqlc.arg(user_ref)) AS BIGINT) AS granted
FROM exchange_account a JOIN exchange_standing s ON s.subject = a.id
WHERE a.party = sqlc.arg(party) OR a.id IN (SELECT g.account FROM exchange_grant g JOIN exchange_trader t ON t.id = g.trader
    WHERE t.user_ref = sqlc.arg(user_ref) AND g.ended_at = 0)
ORDER BY a.number;

-- name: Grant :execrows
-- Nothing when the trader may trade there already.
INSERT INTO exchange_grant (id, trader, account, granted_by, granted_at, ended_by, ended_at)
VALUES (sqlc.arg(id), sqlc.arg(trader), sqlc.arg(account), sqlc.arg(granted_by), sqlc.arg(granted_at), '', 0)
ON CONFLICT (trader, account) WHERE ended_at = 0 DO NOTHING;

-- name: Withdraw :execrows
UPDATE exchange_grant SET ended_by = sqlc.arg(ended_by), ended_at = sqlc.arg(ended_at)
WHERE trader = sqlc.arg(trader) AND account = sqlc.arg(account) AND ended_at = 0;

-- name: Grants :many
-- Who may trade where, by the numbers that the venue uses.
SELECT g.trader, g.account, t.number AS trader_number, a.number AS account_number
FROM exchange_grant g JOIN exchange_trader t ON t.id = g.trader JOIN exchange_account a ON a.id = g.account
WHERE g.ended_at = 0 ORDER BY t.number, a.number;

-- name: Granted :one
SELECT count(*) FROM exchange_grant WHERE trader = sqlc.arg(trader) AND account = sqlc.arg(account) AND ended_at = 0;

-- name: EndLimit :execrows
UPDATE exchange_limit SET ended_at = sqlc.arg(ended_at) WHERE subject = sqlc.arg(subject) AND what = sqlc.arg(what) AND ended_at = 0;

-- name: SetLimit :exec
INSERT INTO exchange_limit (id, subject, what, most, reason, set_by, second_by, set_at, ended_at)
VALUES (sqlc.arg(id), sqlc.arg(subject), sqlc.arg(what), sqlc.arg(most), sqlc.arg(reason), sqlc.arg(set_by), sqlc.arg(second_by), sqlc.arg(set_at), 0);

-- name: Limit :one
SELECT * FROM exchange_limit WHERE subject = sqlc.arg(subject) AND what = sqlc.arg(what) AND ended_at = 0;

-- name: Limits :many
SELECT * FROM exchange_limit WHERE ended_at = 0 ORDER BY subject, what;

-- name: LimitHistory :many
SELECT * FROM exchange_limit WHERE subject = sqlc.arg(subject) ORDER BY id;

-- name: PublishQuestionnaire :execrows
INSERT INTO exchange_questionnaire (code, body) VALUES (sqlc.arg(code), sqlc.arg(body)) ON CONFLICT (code) DO NOTHING;

-- name: Questionnaire :one
SELECT body FROM exchange_questionnaire WHERE code = sqlc.arg(code);

-- name: File :execrows
-- Nothing when the party waits for an answer of this member already.
INSERT INTO exchange_application (id, party, member, tax_number, questionnaire, body, score, class, state, reason, first_by, second_by, account, filed_at, decided_at)
VALUES (sqlc.arg(id), sqlc.arg(party), sqlc.arg(member), sqlc.arg(tax_number), sqlc.arg(questionnaire), sqlc.arg(body), sqlc.arg(score), sqlc.arg(class), 'filed', '', '', '', '', sqlc.arg(filed_at), 0)
ON CONFLICT (party, member) WHERE state = 'filed' DO NOTHING;

-- name: Application :one
SELECT * FROM exchange_application WHERE id = sqlc.arg(id);

-- name: Applications :many
-- Those that wait, the oldest first.
SELECT * FROM exchange_application WHERE state = 'filed' ORDER BY id;

-- name: Settle :execrows
-- Decides an application that waits, once.
UPDATE exchange_application SET state = sqlc.arg(state), reason = sqlc.arg(reason), first_by = sqlc.arg(first_by),
    second_by = sqlc.arg(second_by), account = sqlc.arg(account), decided_at = sqlc.arg(decided_at)
WHERE id = sqlc.arg(id) AND state = 'filed';

-- name: ApplicationsOf :many
-- Those of a party in whatever state, the youngest first.
SELECT * FROM exchange_application WHERE party = sqlc.arg(party) ORDER BY id DESC LIMIT 20;

-- name: AddDocuments :execrows
-- Writes the body of an application that waits anew.
UPDATE exchange_application SET body = sqlc.arg(body) WHERE id = sqlc.arg(id) AND state = 'filed';

-- name: Inquire :execrows
-- Nothing while a question waits already.
INSERT INTO exchange_inquiry (id, application, question, asked_by, asked_at, answer, documents, answered_at)
VALUES (sqlc.arg(id), sqlc.arg(application), sqlc.arg(question), sqlc.arg(asked_by), sqlc.arg(asked_at), '', '[]', 0)
ON CONFLICT (application) WHERE answered_at = 0 DO NOTHING;

-- name: AnswerInquiry :execrows
UPDATE exchange_inquiry SET answer = sqlc.arg(answer), documents = sqlc.arg(documents), answered_at = sqlc.arg(answered_at)
WHERE application = sqlc.arg(application) AND answered_at = 0;

-- name: Inquiries :many
SELECT * FROM exchange_inquiry WHERE application = sqlc.arg(application) ORDER BY id;

-- name: Investors :many
-- Accounts of clients that are no part of another one, a page at a time by their numbers; what is empty asks for all.
SELECT a.id, a.number, a.code, a.member, a.party, a.kind, a.parent, a.class, s.state
FROM exchange_account a JOIN exchange_standing s ON s.subject = a.id
WHERE a.kind = 'client' AND a.parent = '' AND a.number > sqlc.arg(after)
  AND (CAST(sqlc.arg(state) AS TEXT) = '' OR s.state = sqlc.arg(state)) AND (CAST(sqlc.arg(member) AS TEXT) = '' OR a.member = sqlc.arg(member))
ORDER BY a.number LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: TradersFor :many
-- Traders of members, with whether each may trade on an account, by their numbers.
SELECT t.id, t.number, t.code, t.member, t.user_ref, s.state,
    CAST((SELECT COUNT(*) FROM exchange_grant g WHERE g.trader = t.id AND g.account = sqlc.arg(account) AND g.ended_at = 0) AS BIGINT) AS granted
FROM exchange_trader t JOIN exchange_standing s ON s.subject = t.id WHERE t.member = sqlc.arg(member) ORDER BY t.number LIMIT 200;

-- name: LastQuestionnaire :one
SELECT code FROM exchange_questionnaire ORDER BY code DESC LIMIT 1;
