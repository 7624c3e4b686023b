-- +goose Up
-- What an issuer has announced, before and after it is carried out. Of a split, amount is what a new unit is worth.
CREATE TABLE clearing_notice (
    ref        TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL CHECK (kind IN ('dividend', 'coupon', 'split')),
    asset      TEXT   NOT NULL,
    currency   TEXT   NOT NULL,
    amount     BIGINT NOT NULL CHECK (amount >= 0),
    per        BIGINT NOT NULL CHECK (per > 0),
    fresh      BIGINT NOT NULL CHECK (fresh >= 0), -- units that come of
    old        BIGINT NOT NULL CHECK (old >= 0),   -- so many; zero for what is no split
    payer      TEXT   NOT NULL,
    record_day TEXT   NOT NULL,
    pay_day    TEXT   NOT NULL CHECK (pay_day >= record_day),
    state      TEXT   NOT NULL CHECK (state IN ('announced', 'recorded', 'done', 'called_off')),
    lacks      BIGINT NOT NULL CHECK (lacks IN (0, 1)), -- who pays had too little when it was due
    at         BIGINT NOT NULL
);
CREATE INDEX clearing_notice_asset ON clearing_notice (asset, record_day);
CREATE INDEX clearing_notice_record ON clearing_notice (record_day) WHERE state = 'announced';
CREATE INDEX clearing_notice_pay ON clearing_notice (pay_day) WHERE state = 'recorded';

-- What the market has to learn beside what the ledger moves: what is due to an account otherwise, what of its purchases is over,
-- how a position in a forward is less, and that units were divided.
CREATE TABLE clearing_lesson (
    id         TEXT   NOT NULL PRIMARY KEY,
    at         BIGINT NOT NULL,
    account    TEXT   NOT NULL, -- empty for a division
    asset      TEXT   NOT NULL,
    instrument TEXT   NOT NULL, -- empty unless it is about a position
    due        BIGINT NOT NULL,
    unlocks    BIGINT NOT NULL CHECK (unlocks >= 0), -- units of purchases that are settled, or have ended otherwise
    was        BIGINT NOT NULL, -- what was open of the position, below zero of a seller
    became     BIGINT NOT NULL,
    fresh      BIGINT NOT NULL,
    old        BIGINT NOT NULL
);
CREATE INDEX clearing_lesson_at ON clearing_lesson (at, id);

CREATE INDEX clearing_receipt_expires ON clearing_receipt (expires, id) WHERE state = 'stored';
