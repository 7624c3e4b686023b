-- +goose Up
-- One letter to one person. The key makes it one, however often it is written.
CREATE TABLE notify_letter (
    id         TEXT   NOT NULL PRIMARY KEY,
    key        TEXT   NOT NULL UNIQUE,
    recipient  TEXT   NOT NULL,
    lang       TEXT   NOT NULL,
    template   TEXT   NOT NULL,
    params     TEXT   NOT NULL,
    order_id   TEXT   NOT NULL,
    seller     TEXT   NOT NULL,
    state      TEXT   NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'given_up')),
    tries      BIGINT NOT NULL DEFAULT 0,
    written_at BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    sent_at    BIGINT NOT NULL DEFAULT 0,
    error      TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX notify_letter_due ON notify_letter (due_at) WHERE state = 'waiting';
CREATE INDEX notify_letter_stuck ON notify_letter (id) WHERE state = 'given_up';
CREATE INDEX notify_letter_order ON notify_letter (order_id) WHERE order_id <> '';
