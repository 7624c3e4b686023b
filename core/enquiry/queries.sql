-- name: Get :one
SELECT * FROM enquiry WHERE id = $1;

-- name: Same :many
-- What a party has asked about a product in the same words.
SELECT * FROM enquiry WHERE party = sqlc.arg(party) AND party <> '' AND product = sqlc.arg(product) AND body = sqlc.arg(body)
ORDER BY id LIMIT 1;

-- name: AskedSince :one
SELECT COUNT(*) FROM enquiry WHERE party = sqlc.arg(party) AND party <> '' AND asked_at > sqlc.arg(since);

-- name: Add :exec
INSERT INTO enquiry (id, product, seller, party, asker, author, lang, body, state, reason, waits, asked_at)
VALUES (sqlc.arg(id), sqlc.arg(product), sqlc.arg(seller), sqlc.arg(party), sqlc.arg(asker), sqlc.arg(author), sqlc.arg(lang),
    sqlc.arg(body), 'waiting', '', 1, sqlc.arg(at));

-- name: Judge :execrows
-- What is decided about an enquiry; one that waited does not wait any more.
UPDATE enquiry SET state = sqlc.arg(state), reason = sqlc.arg(reason), waits = waits - sqlc.arg(less), version = version + 1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: Turn :execrows
-- Marks that something was answered, or decided about an answer, and moves how much waits.
UPDATE enquiry SET waits = waits + sqlc.arg(more), version = version + 1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: Withdraw :execrows
DELETE FROM enquiry WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: DropAnswers :exec
DELETE FROM enquiry_answer WHERE enquiry = $1;

-- name: AddAnswer :exec
INSERT INTO enquiry_answer (id, enquiry, whose, party, author, lang, body, state, reason, said_at)
VALUES (sqlc.arg(id), sqlc.arg(enquiry), sqlc.arg(whose), sqlc.arg(party), sqlc.arg(author), sqlc.arg(lang), sqlc.arg(body),
    sqlc.arg(state), '', sqlc.arg(at));

-- name: Reword :exec
UPDATE enquiry_answer SET author = sqlc.arg(author), lang = sqlc.arg(lang), body = sqlc.arg(body), state = sqlc.arg(state),
    reason = '', said_at = sqlc.arg(at)
WHERE id = sqlc.arg(id);

-- name: JudgeAnswer :exec
UPDATE enquiry_answer SET state = sqlc.arg(state), reason = sqlc.arg(reason) WHERE id = sqlc.arg(id);

-- name: DropAnswer :exec
DELETE FROM enquiry_answer WHERE id = $1;

-- name: Answers :many
-- All answers to some enquiries: that of the seller first, then those of buyers in the order in which they came.
SELECT * FROM enquiry_answer WHERE enquiry IN (SELECT value FROM json_each(cast(sqlc.arg(enquiries) AS TEXT)))
ORDER BY enquiry, CASE whose WHEN 'seller' THEN 0 ELSE 1 END, id;

-- name: ShownOf :many
-- The newest first, before an id, and how many there are in all: an index counts them, which holds no words.
SELECT sqlc.embed(e), (SELECT COUNT(*) FROM enquiry a WHERE a.product = sqlc.arg(product) AND a.state = 'shown') AS many
FROM enquiry e WHERE e.product = sqlc.arg(product) AND e.state = 'shown' AND e.id < sqlc.arg(before)
ORDER BY e.id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Queue :many
-- Those of a seller in a state, the oldest first, behind an id.
SELECT * FROM enquiry WHERE seller = sqlc.arg(seller) AND state = sqlc.arg(state) AND id > sqlc.arg(after)
ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: QueueWaiting :many
-- Those of a seller of which something waits, the oldest first, behind an id.
SELECT * FROM enquiry WHERE seller = sqlc.arg(seller) AND waits > 0 AND id > sqlc.arg(after)
ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Waiting :one
SELECT COUNT(*) FROM enquiry WHERE seller = $1 AND waits > 0;

-- name: OfParty :many
-- The newest first, before an id.
SELECT * FROM enquiry WHERE party = sqlc.arg(party) AND party <> '' AND id < sqlc.arg(before)
ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: AnsweredBy :many
-- What a party has answered, with what was asked: the newest first, before an id.
SELECT sqlc.embed(a), e.product FROM enquiry_answer a JOIN enquiry e ON e.id = a.enquiry
WHERE a.party = sqlc.arg(party) AND a.party <> '' AND a.id < sqlc.arg(before)
ORDER BY a.id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: UnwaitAnswers :exec
-- Waiting answers of a party wait no more, for they will be gone.
UPDATE enquiry SET waits = waits - 1
WHERE id IN (SELECT a.enquiry FROM enquiry_answer a WHERE a.party = sqlc.arg(party) AND a.party <> '' AND a.state = 'waiting');

-- name: ForgetAnswers :exec
DELETE FROM enquiry_answer WHERE party = sqlc.arg(party) AND party <> '' AND state <> 'shown';

-- name: LeaveAnswersNameless :exec
UPDATE enquiry_answer SET party = '', author = '' WHERE party = sqlc.arg(party) AND party <> '';

-- name: ForgetAnswersToUnshown :exec
DELETE FROM enquiry_answer
WHERE enquiry IN (SELECT e.id FROM enquiry e WHERE e.party = sqlc.arg(party) AND e.party <> '' AND e.state <> 'shown');

-- name: ForgetUnshown :exec
DELETE FROM enquiry WHERE party = sqlc.arg(party) AND party <> '' AND state <> 'shown';

-- name: LeaveNameless :exec
UPDATE enquiry SET party = '', asker = '', author = '', version = version + 1 WHERE party = sqlc.arg(party) AND party <> '';

-- name: Uneven :many
-- Enquiries of which otherwise much waits than they say.
SELECT e.id, e.waits, CAST(COUNT(a.id) + MAX(CASE e.state WHEN 'waiting' THEN 1 ELSE 0 END) AS BIGINT) AS counted
FROM enquiry e LEFT JOIN enquiry_answer a ON a.enquiry = e.id AND a.state = 'waiting'
GROUP BY e.id, e.waits
HAVING COUNT(a.id) + MAX(CASE e.state WHEN 'waiting' THEN 1 ELSE 0 END) <> e.waits
ORDER BY e.id LIMIT 100;
