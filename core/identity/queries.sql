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
