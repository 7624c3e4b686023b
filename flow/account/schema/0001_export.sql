-- +goose Up
-- The data of a person, gathered for him. The file lies under a name that nobody is told; it is forgotten when it expires.
CREATE TABLE account_export (
    id         TEXT   NOT NULL PRIMARY KEY,
    user_id    TEXT   NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN ('waiting', 'ready', 'gone')),
    done       BIGINT NOT NULL DEFAULT 0, -- parts that are gathered, of all
    parts      BIGINT NOT NULL DEFAULT 0,
    lies       TEXT   NOT NULL DEFAULT '',
    bytes      BIGINT NOT NULL DEFAULT 0,
    asked_at   BIGINT NOT NULL,
    due_at     BIGINT NOT NULL, -- when it is gathered, or tried again
    expires_at BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX account_export_waiting ON account_export (user_id) WHERE state = 'waiting';
CREATE INDEX account_export_user ON account_export (user_id, id);
CREATE INDEX account_export_due ON account_export (due_at) WHERE state = 'waiting';
CREATE INDEX account_export_expires ON account_export (expires_at) WHERE state = 'ready';
