-- +goose Up
-- What owners want to have out of their accounts, and what became of it.
CREATE TABLE clearing_payout (
    id         TEXT   NOT NULL PRIMARY KEY,
    account    TEXT   NOT NULL,
    asset      TEXT   NOT NULL,
    amount     BIGINT NOT NULL CHECK (amount > 0),
    bank       TEXT   NOT NULL, -- where it goes: an IBAN
    state      TEXT   NOT NULL CHECK (state IN ('asked', 'approved', 'paid', 'refused', 'failed')),
    note       TEXT   NOT NULL, -- why it was refused
    asked_by   TEXT   NOT NULL,
    decided_by TEXT   NOT NULL, -- empty while nobody has, and where nobody has to
    at         BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    CHECK (decided_by = '' OR decided_by <> asked_by)
);
CREATE INDEX clearing_payout_account ON clearing_payout (account, at);
CREATE INDEX clearing_payout_asked ON clearing_payout (at) WHERE state = 'asked';
CREATE INDEX clearing_movement_place ON clearing_movement (place, at);
