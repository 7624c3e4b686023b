-- +goose Up
-- How a product can be had again and again. The body is what its buyer may choose and what he saves.
CREATE TABLE agreement_plan (
    product TEXT   NOT NULL PRIMARY KEY,
    seller  TEXT   NOT NULL,
    offered BIGINT NOT NULL CHECK (offered IN (0, 1)),
    version BIGINT NOT NULL DEFAULT 1,
    body    TEXT   NOT NULL
);
CREATE INDEX agreement_plan_seller ON agreement_plan (seller, product);

-- What a buyer has agreed on. Days are written as "2026-11-30"; one that is too far away to come is "9999-12-31".
CREATE TABLE agreement (
    id        TEXT   NOT NULL PRIMARY KEY,
    party     TEXT   NOT NULL,
    seller    TEXT   NOT NULL,
    product   TEXT   NOT NULL,
    variant   TEXT   NOT NULL,
    state     TEXT   NOT NULL CHECK (state IN ('draft', 'active', 'dunning', 'paused', 'ended')),
    every     TEXT   NOT NULL,
    amount    BIGINT NOT NULL, -- what a period costs without delivery, in minor units
    due       TEXT   NOT NULL, -- when something has to be done with it
    notice    TEXT   NOT NULL, -- when its buyer is told of the next order; '' when he was
    card      TEXT   NOT NULL DEFAULT '',
    begun     TEXT   NOT NULL DEFAULT '', -- the order with which it began
    version   BIGINT NOT NULL DEFAULT 1,
    opened_at BIGINT NOT NULL,
    body      TEXT   NOT NULL
);
CREATE INDEX agreement_party ON agreement (party, id);
CREATE INDEX agreement_seller ON agreement (seller, state, due, id);
CREATE INDEX agreement_due ON agreement (due, id);
CREATE INDEX agreement_notice ON agreement (notice, id) WHERE notice <> '';
CREATE INDEX agreement_begun ON agreement (begun) WHERE begun <> '';

-- A period is ordered once, or never.
CREATE TABLE agreement_period (
    agreement TEXT   NOT NULL,
    seq       BIGINT NOT NULL,
    state     TEXT   NOT NULL CHECK (state IN ('open', 'ordered', 'skipped', 'failed')),
    day       TEXT   NOT NULL,
    tries     BIGINT NOT NULL DEFAULT 0,
    cart      TEXT   NOT NULL DEFAULT '', -- the basket of the last try
    order_ref TEXT   NOT NULL DEFAULT '',
    amount    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (agreement, seq)
);
