-- +goose Up
-- Lists as somebody has set them up. Whose they are is a user of the office, known here by a name only.
CREATE TABLE bookmark (
    id      TEXT   NOT NULL PRIMARY KEY,
    seller  TEXT   NOT NULL,
    page    TEXT   NOT NULL,
    owner   TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    address TEXT   NOT NULL,
    shared  BIGINT NOT NULL CHECK (shared IN (0, 1)),
    at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX bookmark_name ON bookmark (seller, page, owner, name);
