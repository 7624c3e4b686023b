-- name: InsertParty :exec
INSERT INTO party (id, kind, name, tax_number, email, phone, country, known)
VALUES (sqlc.arg(id), sqlc.arg(kind), sqlc.arg(name), sqlc.arg(tax_number), sqlc.arg(email), sqlc.arg(phone),
        sqlc.arg(country), sqlc.arg(known));

-- name: InsertUser :execrows
INSERT INTO users (id, email, name, lang, role, scopes, seller, party, state, hash, known)
VALUES (sqlc.arg(id), sqlc.arg(email), sqlc.arg(name), sqlc.arg(lang), sqlc.arg(role), sqlc.arg(scopes),
        sqlc.arg(seller), sqlc.arg(party), sqlc.arg(state), sqlc.arg(hash), sqlc.arg(known))
ON CONFLICT DO NOTHING;

-- name: User :one
SELECT id, email, name, lang, role, scopes, seller, party, state, hash, known FROM users WHERE id = sqlc.arg(id);

-- name: Users :many
SELECT id, email, name, lang, role, scopes, seller, party, state, hash, known FROM users
WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: UserByEmail :one
SELECT id, email, name, lang, role, scopes, seller, party, state, hash, known FROM users WHERE email = sqlc.arg(email);

-- name: Office :many
SELECT id, email, name, lang, role, scopes, seller, party, state, hash, known FROM users
WHERE role IN ('staff', 'admin') ORDER BY id LIMIT sqlc.arg(most);

-- name: Admins :one
SELECT count(*) FROM users WHERE role = 'admin' AND state = 'active';

-- name: SetUser :exec
UPDATE users SET name = sqlc.arg(name), lang = sqlc.arg(lang), scopes = sqlc.arg(scopes), state = sqlc.arg(state),
       hash = sqlc.arg(hash)
WHERE id = sqlc.arg(id);

-- name: Party :one
SELECT id, kind, name, tax_number, email, phone, country, known FROM party WHERE id = sqlc.arg(id);

-- name: Parties :many
SELECT id, kind, name, tax_number, email, phone, country, known FROM party
WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: SetParty :exec
UPDATE party SET name = sqlc.arg(name), tax_number = sqlc.arg(tax_number), phone = sqlc.arg(phone)
WHERE id = sqlc.arg(id);

-- name: SetEmail :execrows
-- Gives a user another address, unless somebody has it.
UPDATE users SET email = sqlc.arg(email)
WHERE users.id = sqlc.arg(id) AND NOT EXISTS (SELECT 1 FROM users AS other WHERE other.email = sqlc.arg(email) AND other.id <> sqlc.arg(id));

-- name: SetPartyEmail :exec
UPDATE party SET email = sqlc.arg(email) WHERE id = sqlc.arg(id);

-- name: Addresses :many
-- The preferred one first, then those that were kept last.
SELECT id, party, body, preferred, kept_at FROM party_address WHERE party = sqlc.arg(party) ORDER BY preferred DESC, id DESC;

-- name: KeepAddress :exec
INSERT INTO party_address (id, party, body, preferred, kept_at)
VALUES (sqlc.arg(id), sqlc.arg(party), sqlc.arg(body), sqlc.arg(preferred), sqlc.arg(kept_at));

-- name: SetAddress :execrows
UPDATE party_address SET body = sqlc.arg(body) WHERE id = sqlc.arg(id) AND party = sqlc.arg(party);

-- name: DropAddress :many
DELETE FROM party_address WHERE id = sqlc.arg(id) AND party = sqlc.arg(party) RETURNING preferred;

-- name: UnpreferAddresses :exec
UPDATE party_address SET preferred = 0 WHERE party = sqlc.arg(party) AND preferred = 1;

-- name: PreferAddress :execrows
UPDATE party_address SET preferred = 1 WHERE id = sqlc.arg(id) AND party = sqlc.arg(party);

-- name: AddConsent :exec
INSERT INTO party_consent (id, party, purpose, given, at)
VALUES (sqlc.arg(id), sqlc.arg(party), sqlc.arg(purpose), sqlc.arg(given), sqlc.arg(at));

-- name: Consents :many
SELECT id, party, purpose, given, at FROM party_consent WHERE party = sqlc.arg(party) ORDER BY id DESC;

-- name: Reachable :many
-- Who can sign in for parties that allow a purpose by their latest word.
SELECT u.id, u.email, u.name, u.lang, u.party FROM users u
WHERE u.party IN (SELECT value FROM json_each(cast(sqlc.arg(parties) AS TEXT))) AND u.party <> '' AND u.state = 'active'
  AND (SELECT c.given FROM party_consent c WHERE c.party = u.party AND c.purpose = sqlc.arg(purpose) ORDER BY c.id DESC LIMIT 1) = 1
ORDER BY u.id;

-- name: AskErasure :exec
-- Asked again while it waits, the first day stays.
INSERT INTO user_erasure (user_id, party, asked_at, due_at)
VALUES (sqlc.arg(user_id), sqlc.arg(party), sqlc.arg(asked_at), sqlc.arg(due_at))
ON CONFLICT (user_id) DO NOTHING;

-- name: Erasure :one
SELECT user_id, party, asked_at, due_at, done_at FROM user_erasure WHERE user_id = sqlc.arg(user_id);

-- name: DropErasure :execrows
DELETE FROM user_erasure WHERE user_id = sqlc.arg(user_id) AND done_at = 0;

-- name: DueErasures :many
SELECT user_id, party FROM user_erasure WHERE done_at = 0 AND due_at <= sqlc.arg(now) ORDER BY due_at LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: CloseErasure :execrows
UPDATE user_erasure SET done_at = sqlc.arg(done_at) WHERE user_id = sqlc.arg(user_id) AND done_at = 0;

-- name: BlankUser :exec
UPDATE users SET email = sqlc.arg(email), name = '', hash = '', state = 'suspended' WHERE id = sqlc.arg(id);

-- name: BlankParty :exec
UPDATE party SET name = '', tax_number = '', email = '', phone = '' WHERE id = sqlc.arg(id);

-- name: DropAddresses :exec
DELETE FROM party_address WHERE party = sqlc.arg(party);
