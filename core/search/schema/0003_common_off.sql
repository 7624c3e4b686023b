-- +goose Up
-- The groups of common words that the shop has switched off, by their names.
CREATE TABLE search_common_off (
    name  TEXT   NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL
);
