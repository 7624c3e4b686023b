-- +goose Up
-- What the shop has decided about its search: words that mean the same, what stands higher, what comes first.
CREATE TABLE search_rule (
    id      TEXT   NOT NULL PRIMARY KEY,
    kind    TEXT   NOT NULL CHECK (kind IN ('synonym', 'boost', 'curated', 'redirect')),
    added   BIGINT NOT NULL,
    body    TEXT   NOT NULL -- JSON
);
CREATE INDEX search_rule_kind ON search_rule (kind, id);

-- How often something was looked for. It names no person.
CREATE TABLE search_query (
    lang  TEXT   NOT NULL,
    words TEXT   NOT NULL,
    asked BIGINT NOT NULL CHECK (asked > 0),
    found BIGINT NOT NULL CHECK (found >= 0), -- the last time
    weak  BIGINT NOT NULL CHECK (weak IN (0, 1)), -- nothing matched all words the last time
    last  BIGINT NOT NULL,
    PRIMARY KEY (lang, words)
);
CREATE INDEX search_query_asked ON search_query (asked, lang, words);

-- How much people like a product: clicks after a search, and sales.
CREATE TABLE search_liking (
    product TEXT   NOT NULL PRIMARY KEY,
    clicks  BIGINT NOT NULL CHECK (clicks >= 0),
    sales   BIGINT NOT NULL CHECK (sales >= 0)
);
