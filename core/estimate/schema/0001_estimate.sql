-- +goose Up
-- What a buyer asks a seller to make, and the price that the seller names for it.
CREATE TABLE estimate (
    id         TEXT   NOT NULL PRIMARY KEY,
    product    TEXT   NOT NULL,
    variant    TEXT   NOT NULL,
    seller     TEXT   NOT NULL,
    party      TEXT   NOT NULL, -- whose it is; '' when his account was erased
    person     TEXT   NOT NULL, -- the user who is written to; '' as above
    lang       TEXT   NOT NULL, -- in which language he is written to
    state      TEXT   NOT NULL CHECK (state IN ('asked', 'answered', 'accepted', 'ordered', 'refused', 'withdrawn', 'lapsed', 'ended')),
    asked_at   BIGINT NOT NULL,
    until_at   BIGINT NOT NULL DEFAULT 0, -- when the price lapses; 0 before there is one
    order_ref  TEXT   NOT NULL DEFAULT '' CHECK (order_ref <> '' OR state NOT IN ('ordered', 'ended')),
    line       TEXT   NOT NULL DEFAULT '',
    rest       TEXT   NOT NULL DEFAULT 'none' CHECK (rest IN ('none', 'later', 'open', 'ordered', 'paid', 'waived')),
    rest_order TEXT   NOT NULL DEFAULT '' CHECK (rest_order <> '' OR rest NOT IN ('ordered', 'paid')),
    rest_line  TEXT   NOT NULL DEFAULT '',
    body       TEXT   NOT NULL, -- what was answered and named, which nobody searches
    version    BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX estimate_queue ON estimate (seller, state, id);
CREATE INDEX estimate_party ON estimate (party, id) WHERE party <> '';
CREATE INDEX estimate_order ON estimate (order_ref) WHERE order_ref <> '';
CREATE INDEX estimate_until ON estimate (until_at) WHERE state IN ('answered', 'accepted');
