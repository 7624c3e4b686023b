-- +goose Up
-- How much there is of one scarce thing. A pool of stock is one warehouse and one variant.
CREATE TABLE hold_pool (
    key      TEXT   NOT NULL PRIMARY KEY,
    subject  TEXT   NOT NULL,
    capacity BIGINT NOT NULL CHECK (capacity >= 0),
    beyond   BIGINT NOT NULL CHECK (beyond >= 0),
    taken    BIGINT NOT NULL CHECK (taken >= 0),
    mark     BIGINT NOT NULL CHECK (mark >= 0),
    CHECK (taken <= capacity + beyond)
);

CREATE INDEX hold_pool_subject ON hold_pool (subject, key);

-- Who holds how much of it. Claims are written only after their pool moved, so no reference has to be checked again.
CREATE TABLE hold_claim (
    owner    TEXT   NOT NULL,
    key      TEXT   NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    state    TEXT   NOT NULL CHECK (state IN ('held', 'confirmed', 'lapsed')),
    until    BIGINT NOT NULL CHECK ((until = 0) = (state = 'confirmed')),
    PRIMARY KEY (owner, key)
);

-- What is due to lapse, and what lapsed long ago.
CREATE INDEX hold_claim_due ON hold_claim (state, until) WHERE until > 0;

-- The claims on one pool, for the office and for the audit.
CREATE INDEX hold_claim_key ON hold_claim (key);
