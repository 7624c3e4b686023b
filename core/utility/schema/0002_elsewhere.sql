-- +goose Up
-- What a provider that keeps its books elsewhere has said of a payment: what it took when that was another sum, why it took
-- nothing, and when.
ALTER TABLE utility_payment ADD COLUMN told_sum BIGINT NOT NULL DEFAULT 0;
ALTER TABLE utility_payment ADD COLUMN told_why TEXT NOT NULL DEFAULT '';
ALTER TABLE utility_payment ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;

-- The number is the transaction of which such a provider is told, so no two have the same.
CREATE UNIQUE INDEX utility_payment_number ON utility_payment (provider, number) WHERE told <> 'here';
CREATE INDEX utility_payment_waiting ON utility_payment (provider, id) WHERE told = 'waiting';
CREATE INDEX utility_payment_odd ON utility_payment (provider, id) WHERE told = 'told' AND told_sum <> 0;

-- The accounts about which such a provider is asked again, for it gave no answer.
CREATE TABLE utility_asked (
    account  TEXT   NOT NULL PRIMARY KEY,
    provider TEXT   NOT NULL,
    tries    BIGINT NOT NULL CHECK (tries > 0),
    due_at   BIGINT NOT NULL,
    since    BIGINT NOT NULL
);
CREATE INDEX utility_asked_due ON utility_asked (due_at);
