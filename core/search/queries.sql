-- name: Rules :many
-- The rules that count.
SELECT id, kind, added, body FROM search_rule WHERE dropped = 0 ORDER BY kind, id;

-- name: RulesOfKind :many
SELECT id, kind, added, body FROM search_rule WHERE kind = sqlc.arg(kind) AND dropped = 0 ORDER BY id;

-- name: RuleByID :many
SELECT id, kind, added, body FROM search_rule WHERE id = sqlc.arg(id) AND kind = sqlc.arg(kind) AND dropped = 0;

-- name: DroppedRules :many
-- What was taken away last.
SELECT id, kind, added, body FROM search_rule WHERE kind = sqlc.arg(kind) AND dropped > 0
ORDER BY dropped DESC, id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: DroppedRule :many
SELECT id, kind, added, body FROM search_rule WHERE id = sqlc.arg(id) AND kind = sqlc.arg(kind) AND dropped > 0;

-- name: InsertRule :exec
INSERT INTO search_rule (id, kind, added, body)
VALUES (sqlc.arg(id), sqlc.arg(kind), sqlc.arg(added), sqlc.arg(body));

-- name: ReviseRule :execrows
UPDATE search_rule SET body = sqlc.arg(body) WHERE id = sqlc.arg(id) AND kind = sqlc.arg(kind) AND dropped = 0;

-- name: DropRule :execrows
UPDATE search_rule SET dropped = sqlc.arg(dropped) WHERE id = sqlc.arg(id) AND kind = sqlc.arg(kind) AND dropped = 0;

-- name: RestoreRule :execrows
UPDATE search_rule SET dropped = 0 WHERE id = sqlc.arg(id) AND kind = sqlc.arg(kind) AND dropped > 0;

-- name: ForgetRules :execrows
DELETE FROM search_rule WHERE id IN (
SELECT r.id FROM search_rule r WHERE r.dropped > 0 AND r.dropped < sqlc.arg(before) ORDER BY r.dropped LIMIT CAST(sqlc.arg(page) AS BIGINT));

-- name: CommonOff :many
SELECT name FROM search_common_off ORDER BY name;

-- name: SwitchCommonOff :execrows
INSERT INTO search_common_off (name, since) VALUES (sqlc.arg(name), sqlc.arg(since)) ON CONFLICT (name) DO NOTHING;

-- name: SwitchCommonOn :execrows
DELETE FROM search_common_off WHERE name = sqlc.arg(name);

-- name: NoteQuery :exec
INSERT INTO search_query (lang, words, asked, found, weak, last)
VALUES (sqlc.arg(lang), sqlc.arg(words), sqlc.arg(asked), sqlc.arg(found), sqlc.arg(weak), sqlc.arg(last))
ON CONFLICT (lang, words) DO UPDATE SET asked = search_query.asked + excluded.asked, found = excluded.found,
       weak = excluded.weak, last = excluded.last;

-- name: AskedMost :many
-- What is looked for most, before a mark.
SELECT lang, words, asked, found, weak, last FROM search_query
WHERE (asked, lang, words) < (CAST(sqlc.arg(asked) AS BIGINT), CAST(sqlc.arg(lang) AS TEXT), CAST(sqlc.arg(words) AS TEXT))
ORDER BY asked DESC, lang DESC, words DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: AskedInVain :many
-- What is looked for most of what finds nothing, or nothing that has all the words.
SELECT lang, words, asked, found, weak, last FROM search_query
WHERE (found = 0 OR weak = 1)
  AND (asked, lang, words) < (CAST(sqlc.arg(asked) AS BIGINT), CAST(sqlc.arg(lang) AS TEXT), CAST(sqlc.arg(words) AS TEXT))
ORDER BY asked DESC, lang DESC, words DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: ForgetQueries :execrows
DELETE FROM search_query WHERE (lang, words) IN (
SELECT q.lang, q.words FROM search_query q WHERE q.last < sqlc.arg(before) ORDER BY q.last LIMIT CAST(sqlc.arg(page) AS BIGINT));

-- name: Like :exec
INSERT INTO search_liking (product, clicks, sales) VALUES (sqlc.arg(product), sqlc.arg(clicks), 0)
ON CONFLICT (product) DO UPDATE SET clicks = search_liking.clicks + excluded.clicks;

-- name: LikingOf :many
SELECT product, clicks, sales FROM search_liking
WHERE product IN (SELECT value FROM json_each(cast(sqlc.arg(products) AS TEXT)));

-- name: LikeSold :exec
-- Adds so many sales to each of some products.
INSERT INTO search_liking (product, clicks, sales)
SELECT value, 0, CAST(sqlc.arg(times) AS BIGINT) FROM json_each(cast(sqlc.arg(products) AS TEXT)) WHERE TRUE
ON CONFLICT (product) DO UPDATE SET sales = search_liking.sales + excluded.sales;

-- name: SoldUpTo :one
SELECT upto FROM search_sold WHERE name = 'orders';

-- name: NoteSoldUpTo :exec
INSERT INTO search_sold (name, upto) VALUES ('orders', sqlc.arg(upto)) ON CONFLICT (name) DO UPDATE SET upto = excluded.upto;
