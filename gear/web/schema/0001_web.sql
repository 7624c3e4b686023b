-- +goose Up
-- The answer to a command that came with an Idempotency-Key, kept a day. scope is who sent it, route the method and the
-- address, body the SHA-256 of what was sent.
CREATE TABLE web_key (
    scope    TEXT   NOT NULL,
    key      TEXT   NOT NULL,
    route    TEXT   NOT NULL,
    body     TEXT   NOT NULL,
    status   BIGINT NOT NULL,
    etag     TEXT   NOT NULL,
    location TEXT   NOT NULL,
    answer   TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX web_key_at ON web_key (at);

-- One row for each command that was done. Rows are only ever added.
CREATE TABLE audit (
    id       TEXT   NOT NULL PRIMARY KEY,
    at       BIGINT NOT NULL,
    who_kind TEXT   NOT NULL,
    who_id   TEXT   NOT NULL,
    action   TEXT   NOT NULL,
    object   TEXT   NOT NULL,
    before   TEXT   NOT NULL,
    after    TEXT   NOT NULL,
    request  TEXT   NOT NULL
);
CREATE INDEX audit_object ON audit (object, id);
