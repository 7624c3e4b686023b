-- +goose Up
-- What somebody has agreed to have paid by itself: the bills of one account, by a card, within limits.
CREATE TABLE utility_autopay (
    id          TEXT   NOT NULL PRIMARY KEY,
    party       TEXT   NOT NULL,
    usr         TEXT   NOT NULL,
    account     TEXT   NOT NULL,
    provider    TEXT   NOT NULL,
    card        TEXT   NOT NULL,
    day         BIGINT NOT NULL CHECK (day BETWEEN 1 AND 28),
    bill_limit  BIGINT NOT NULL CHECK (bill_limit > 0),
    month_limit BIGINT NOT NULL CHECK (month_limit >= bill_limit),
    state       TEXT   NOT NULL CHECK (state IN ('on', 'ended')),
    agreed_at   BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    ended_why   TEXT   NOT NULL,
    next_day    TEXT   NOT NULL, -- on which day it is looked what is owed
    reminded    TEXT   NOT NULL  -- of which of these days a letter has spoken
);
CREATE UNIQUE INDEX utility_autopay_one ON utility_autopay (party, account) WHERE state = 'on';
CREATE INDEX utility_autopay_due ON utility_autopay (next_day, id) WHERE state = 'on';
CREATE INDEX utility_autopay_card ON utility_autopay (card) WHERE state = 'on';

-- What became of it, once for a day.
CREATE TABLE utility_autopay_turn (
    autopay   TEXT   NOT NULL,
    day       TEXT   NOT NULL,
    state     TEXT   NOT NULL CHECK (state IN ('paid', 'stopped', 'failed')),
    sum       BIGINT NOT NULL CHECK (sum >= 0),
    why       TEXT   NOT NULL,
    order_ref TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (autopay, day)
);
