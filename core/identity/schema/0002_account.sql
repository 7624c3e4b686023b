-- +goose Up
-- An address that a buyer keeps for his next orders. The body is the address as JSON. An order has its own copy: what is
-- changed or forgotten here changes no order.
CREATE TABLE party_address (
    id        TEXT   NOT NULL PRIMARY KEY,
    party     TEXT   NOT NULL,
    body      TEXT   NOT NULL,
    preferred BIGINT NOT NULL CHECK (preferred IN (0, 1)),
    kept_at   BIGINT NOT NULL
);
CREATE INDEX party_address_party ON party_address (party, id);
CREATE UNIQUE INDEX party_address_preferred ON party_address (party) WHERE preferred = 1;

-- What a buyer allowed or forbade, and when: rows are only added, for they are the proof. The last one of a purpose counts.
CREATE TABLE party_consent (
    id      TEXT   NOT NULL PRIMARY KEY,
    party   TEXT   NOT NULL,
    purpose TEXT   NOT NULL,
    given   BIGINT NOT NULL CHECK (given IN (0, 1)),
    at      BIGINT NOT NULL
);
CREATE INDEX party_consent_party ON party_consent (party, id);

-- An account whose owner wants it erased. Until due_at he may think better of it; then done_at says when it was done.
CREATE TABLE user_erasure (
    user_id  TEXT   NOT NULL PRIMARY KEY,
    party    TEXT   NOT NULL,
    asked_at BIGINT NOT NULL,
    due_at   BIGINT NOT NULL,
    done_at  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX user_erasure_due ON user_erasure (due_at) WHERE done_at = 0;
