-- +goose Up
-- A deal that one side has reported, with what became of it. The other side is an account, or a member who names one when he
-- confirms. A side reports the same reference once.
CREATE TABLE deal (
    id            TEXT   NOT NULL PRIMARY KEY,
    instrument    TEXT   NOT NULL,
    side          TEXT   NOT NULL CHECK (side IN ('buy', 'sell')), -- of who has reported it
    price         BIGINT NOT NULL,
    quantity      BIGINT NOT NULL CHECK (quantity > 0),
    cycle         BIGINT NOT NULL CHECK (cycle >= -1), -- days until it settles; -1 is as the instrument does
    account       TEXT   NOT NULL CHECK (account <> ''),
    trader        BIGINT NOT NULL,
    member        TEXT   NOT NULL,
    other_account TEXT   NOT NULL CHECK (other_account <> account),
    other_trader  BIGINT NOT NULL,
    other_member  TEXT   NOT NULL CHECK (other_account <> '' OR other_member <> ''),
    corrects      TEXT   NOT NULL,
    ref           TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('reported', 'confirmed', 'made', 'rejected', 'refused', 'corrected', 'withdrawn', 'lapsed')),
    reason        TEXT   NOT NULL,
    trade         BIGINT NOT NULL,
    reported_by   TEXT   NOT NULL,
    reported_at   BIGINT NOT NULL,
    due_at        BIGINT NOT NULL CHECK (due_at > reported_at),
    decided_by    TEXT   NOT NULL,
    decided_at    BIGINT NOT NULL,
    CHECK ((state = 'reported') = (decided_at = 0)),
    CHECK (state NOT IN ('confirmed', 'made') OR other_account <> '')
);
CREATE UNIQUE INDEX deal_ref ON deal (account, ref);
CREATE INDEX deal_account ON deal (account, id);
CREATE INDEX deal_other ON deal (other_account, id);
CREATE INDEX deal_member ON deal (other_member, id) WHERE other_account = '';
CREATE INDEX deal_due ON deal (due_at) WHERE state = 'reported';
