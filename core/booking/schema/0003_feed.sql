-- +goose Up
-- Calendars of other houses in which the same thing is sold. What they close are blocks whose source is the feed.
CREATE TABLE booking_feed (
    id         TEXT   NOT NULL PRIMARY KEY,
    seller     TEXT   NOT NULL,
    resource   TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    url        TEXT   NOT NULL, -- empty when its files are brought by hand
    due_at     BIGINT NOT NULL,
    read_at    BIGINT NOT NULL,
    events     BIGINT NOT NULL,
    odd        BIGINT NOT NULL, -- events that were not understood
    trouble    TEXT   NOT NULL
);
CREATE INDEX booking_feed_seller ON booking_feed (seller, id);
CREATE INDEX booking_feed_due ON booking_feed (due_at) WHERE url <> '';
