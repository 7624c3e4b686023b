-- +goose Up
-- Who is told of what. The secret, and the one before it while both are good, are sealed.
CREATE TABLE webhook_endpoint (
    id            TEXT   NOT NULL PRIMARY KEY,
    seller        TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    url           TEXT   NOT NULL,
    events        TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('on', 'paused', 'stopped')),
    secret        TEXT   NOT NULL,
    secret_before TEXT   NOT NULL DEFAULT '',
    before_until  BIGINT NOT NULL DEFAULT 0,
    failing_since BIGINT NOT NULL DEFAULT 0,
    made_at       BIGINT NOT NULL
);
CREATE INDEX webhook_endpoint_seller ON webhook_endpoint (seller, id);

-- What one of them is told, once for each event.
CREATE TABLE webhook_message (
    id         TEXT   NOT NULL PRIMARY KEY,
    endpoint   TEXT   NOT NULL,
    event      TEXT   NOT NULL,
    object     TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN ('waiting', 'brought', 'given_up')),
    tries      BIGINT NOT NULL DEFAULT 0,
    written_at BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL DEFAULT 0,
    status     BIGINT NOT NULL DEFAULT 0,
    error      TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX webhook_message_due ON webhook_message (due_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_message_endpoint ON webhook_message (endpoint, id);
CREATE INDEX webhook_message_written ON webhook_message (written_at);
