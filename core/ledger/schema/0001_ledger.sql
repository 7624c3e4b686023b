-- +goose Up
-- One event in the ledger. What happened once is posted once.
CREATE TABLE ledger_posting (
    id    TEXT   NOT NULL PRIMARY KEY,
    kind  TEXT   NOT NULL,
    ref   TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    cause TEXT   NOT NULL,
    UNIQUE (kind, ref)
);

-- One amount from one account to another. A row has both sides, so it sums to zero.
CREATE TABLE ledger_transfer (
    posting  TEXT   NOT NULL REFERENCES ledger_posting (id),
    position BIGINT NOT NULL,
    debit    TEXT   NOT NULL,
    credit   TEXT   NOT NULL,
    asset    TEXT   NOT NULL,
    amount   BIGINT NOT NULL CHECK (amount > 0),
    seller   TEXT   NOT NULL,
    PRIMARY KEY (posting, position),
    CHECK (debit <> credit)
);

-- Both hold all that a balance needs, so that the rows themselves are not read.
CREATE INDEX ledger_transfer_debit ON ledger_transfer (debit, posting, position, asset, amount);
CREATE INDEX ledger_transfer_credit ON ledger_transfer (credit, posting, position, asset, amount);
