-- name: Begin :exec
INSERT INTO window_piece (id, seller, kind, state, slug, draft, shown, edition, version, first, changed, who)
VALUES (sqlc.arg(id), sqlc.arg(seller), sqlc.arg(kind), 'draft', '', sqlc.arg(draft), '', 0, 1, 0, sqlc.arg(changed), sqlc.arg(who));

-- name: Count :one
SELECT count(*) FROM window_piece WHERE seller = sqlc.arg(seller);

-- name: Get :one
-- Of its seller only: another's is as unknown as none.
SELECT * FROM window_piece WHERE id = sqlc.arg(id) AND seller = sqlc.arg(seller);

-- name: Look :many
-- None or one.
SELECT * FROM window_piece WHERE seller = sqlc.arg(seller) AND kind = 'look';

-- name: List :many
SELECT * FROM window_piece WHERE seller = sqlc.arg(seller) AND kind = sqlc.arg(kind) ORDER BY id DESC;

-- name: Shown :many
-- All that buyers see or have seen, with what is published of it.
SELECT * FROM window_piece WHERE seller = sqlc.arg(seller) AND state <> 'draft' ORDER BY id DESC;

-- name: Addresses :many
SELECT kind, slug, piece FROM window_address WHERE seller = sqlc.arg(seller);

-- name: Save :execrows
-- Only over the version that the writer has seen.
UPDATE window_piece SET draft = sqlc.arg(draft), version = version + 1, changed = sqlc.arg(changed), who = sqlc.arg(who)
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: Publish :execrows
-- The draft becomes what is shown. A slug that another piece has now is refused by the index.
UPDATE window_piece SET state = 'shown', slug = sqlc.arg(slug), draft = sqlc.arg(body), shown = sqlc.arg(body), edition = edition + 1,
       version = version + 1, first = CASE WHEN first = 0 THEN sqlc.arg(at) ELSE first END, changed = sqlc.arg(at), who = sqlc.arg(who)
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: End :execrows
UPDATE window_piece SET state = 'ended', version = version + 1, changed = sqlc.arg(at), who = sqlc.arg(who)
WHERE id = sqlc.arg(id) AND state = 'shown';

-- name: Slugged :many
-- Which other piece has an address now: none or one.
SELECT id FROM window_piece WHERE seller = sqlc.arg(seller) AND kind = sqlc.arg(kind) AND slug = sqlc.arg(slug) AND id <> sqlc.arg(id);

-- name: Address :exec
-- A former address of another piece becomes this one's.
INSERT INTO window_address (seller, kind, slug, piece) VALUES (sqlc.arg(seller), sqlc.arg(kind), sqlc.arg(slug), sqlc.arg(piece))
ON CONFLICT (seller, kind, slug) DO UPDATE SET piece = excluded.piece;

-- name: Edition :exec
INSERT INTO window_edition (piece, number, body, at, who)
VALUES (sqlc.arg(piece), sqlc.arg(number), sqlc.arg(body), sqlc.arg(at), sqlc.arg(who));

-- name: Editions :many
-- The latest first.
SELECT number, at, who FROM window_edition WHERE piece = sqlc.arg(piece) ORDER BY number DESC LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: EditionsOf :many
-- All that was ever published of some pieces and names a file of the house.
SELECT piece, body FROM window_edition
WHERE piece IN (SELECT value FROM json_each(cast(sqlc.arg(pieces) AS TEXT))) AND body LIKE '%/media/%';

-- name: PiecesAfter :many
-- Those of all sellers, in the order of their ids.
SELECT * FROM window_piece WHERE id > sqlc.arg(after) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: EditionOf :one
SELECT body FROM window_edition WHERE piece = sqlc.arg(piece) AND number = sqlc.arg(number);

-- name: Preview :exec
INSERT INTO window_preview (token, piece, until) VALUES (sqlc.arg(token), sqlc.arg(piece), sqlc.arg(until));

-- name: Previewed :one
SELECT p.* FROM window_preview v JOIN window_piece p ON p.id = v.piece WHERE v.token = sqlc.arg(token) AND v.until > sqlc.arg(now);

-- name: ForgetPreviews :execrows
DELETE FROM window_preview WHERE token IN (
SELECT v.token FROM window_preview v WHERE v.until <= sqlc.arg(now) LIMIT CAST(sqlc.arg(most) AS BIGINT));

-- name: AskHost :exec
INSERT INTO window_host (host, seller, token, asked_at, who)
VALUES (sqlc.arg(host), sqlc.arg(seller), sqlc.arg(token), sqlc.arg(asked_at), sqlc.arg(who))
ON CONFLICT (host, seller) DO NOTHING;

-- name: Hosts :many
SELECT * FROM window_host WHERE seller = sqlc.arg(seller) ORDER BY host;

-- name: Host :many
-- None or one.
SELECT * FROM window_host WHERE host = sqlc.arg(host) AND seller = sqlc.arg(seller);

-- name: HostTaken :many
-- Which other seller has a host: none or one.
SELECT seller FROM window_host WHERE host = sqlc.arg(host) AND seller <> sqlc.arg(seller) AND confirmed_at <> 0;

-- name: ConfirmHost :execrows
UPDATE window_host SET confirmed_at = sqlc.arg(confirmed_at), how = sqlc.arg(how), who = sqlc.arg(who)
WHERE host = sqlc.arg(host) AND seller = sqlc.arg(seller) AND confirmed_at = 0;

-- name: DropHost :many
-- None or one.
DELETE FROM window_host WHERE host = sqlc.arg(host) AND seller = sqlc.arg(seller) RETURNING confirmed_at;

-- name: HostsConfirmed :many
SELECT host FROM window_host WHERE seller = sqlc.arg(seller) AND confirmed_at <> 0 ORDER BY host;
