-- name: FindKey :one
SELECT route, body, status, etag, location, answer, at FROM web_key WHERE scope = sqlc.arg(scope) AND key = sqlc.arg(key);

-- name: DropKey :exec
DELETE FROM web_key WHERE scope = sqlc.arg(scope) AND key = sqlc.arg(key);

-- name: KeepKey :exec
-- An answer that is there already makes this a lost race.
INSERT INTO web_key (scope, key, route, body, status, etag, location, answer, at)
VALUES (sqlc.arg(scope), sqlc.arg(key), sqlc.arg(route), sqlc.arg(body), sqlc.arg(status), sqlc.arg(etag), sqlc.arg(location), sqlc.arg(answer), sqlc.arg(at));

-- name: PurgeKeys :execrows
-- At most so many, so that a moment stays short.
DELETE FROM web_key WHERE (scope, key) IN (
    SELECT k.scope, k.key FROM web_key AS k WHERE k.at < sqlc.arg(before) ORDER BY k.at LIMIT sqlc.arg(most)
);

-- name: KeepAudit :exec
INSERT INTO audit (id, at, who_kind, who_id, action, object, before, after, request)
VALUES (sqlc.arg(id), sqlc.arg(at), sqlc.arg(who_kind), sqlc.arg(who_id), sqlc.arg(action), sqlc.arg(object), sqlc.arg(before), sqlc.arg(after), sqlc.arg(request));
