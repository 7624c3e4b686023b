-- +goose Up
-- A card that a buyer keeps with a gateway for his next payments at a seller: what he knows it by, and the gateway's token,
-- sealed. Its number was never here. One that is taken away waits until its gateway has been told.
CREATE TABLE payment_card (
    id        TEXT   NOT NULL PRIMARY KEY,
    party     TEXT   NOT NULL,
    seller    TEXT   NOT NULL,
    gateway   TEXT   NOT NULL,
    mark      TEXT   NOT NULL,
    sealed    TEXT   NOT NULL,
    brand     TEXT   NOT NULL,
    digits    TEXT   NOT NULL CHECK (length(digits) <= 4),
    month     BIGINT NOT NULL CHECK (month >= 1 AND month <= 12),
    year      BIGINT NOT NULL,
    preferred BIGINT NOT NULL DEFAULT 0 CHECK (preferred IN (0, 1)),
    agreed_at BIGINT NOT NULL,
    gone_at   BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX payment_card_mark ON payment_card (party, seller, gateway, mark);
CREATE INDEX payment_card_gone ON payment_card (gone_at, id) WHERE gone_at <> 0;
