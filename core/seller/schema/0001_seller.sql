-- +goose Up
CREATE TABLE seller (
    id       TEXT   NOT NULL PRIMARY KEY,
    name     TEXT   NOT NULL, -- JSON, localized
    bin      TEXT   NOT NULL,
    country  TEXT   NOT NULL,
    currency TEXT   NOT NULL,
    regimes  TEXT   NOT NULL, -- JSON, in the order of their days
    state    TEXT   NOT NULL CHECK (state IN ('active', 'suspended')),
    enrolled BIGINT NOT NULL
);
CREATE UNIQUE INDEX seller_bin ON seller (country, bin) WHERE bin <> '';
