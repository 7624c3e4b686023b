-- +goose Up
-- Changes of bookings that cost more: each is bought in a basket, and made when it is paid. What it says is in the body, JSON.
CREATE TABLE booking_amendment (
    id        TEXT   NOT NULL PRIMARY KEY,
    booking   TEXT   NOT NULL,
    state     TEXT   NOT NULL CHECK (state IN ('draft', 'ordered', 'made', 'lapsed')),
    party     TEXT   NOT NULL,
    order_ref TEXT   NOT NULL CHECK ((order_ref = '') = (state = 'draft')),
    line      TEXT   NOT NULL,
    holder    TEXT   NOT NULL,
    made_at   BIGINT NOT NULL,
    body      TEXT   NOT NULL
);
CREATE INDEX booking_amendment_order ON booking_amendment (order_ref) WHERE order_ref <> '';
CREATE INDEX booking_amendment_draft ON booking_amendment (made_at) WHERE state = 'draft';
