-- +goose Up
-- A gift certificate. What is left of it is the balance of its account in the ledger and stands nowhere here.
CREATE TABLE gift (
    id        TEXT   NOT NULL PRIMARY KEY,
    seller    TEXT   NOT NULL,
    variant   TEXT   NOT NULL,
    currency  TEXT   NOT NULL,
    face      BIGINT NOT NULL CHECK (face > 0),
    party     TEXT   NOT NULL, -- who has bought it; '' for a guest
    order_ref TEXT   NOT NULL, -- '' until it is ordered
    line      TEXT   NOT NULL,
    lang      TEXT   NOT NULL,
    body      TEXT   NOT NULL, -- for whom it is, JSON
    send_day  TEXT   NOT NULL,
    hash      TEXT   NOT NULL, -- of its code; '' until it was sent
    hint      TEXT   NOT NULL, -- the last letters of its code
    until_day TEXT   NOT NULL, -- '' until it is paid
    made_at   BIGINT NOT NULL,
    paid_at   BIGINT NOT NULL, -- 0 until then, as the two that follow
    sent_at   BIGINT NOT NULL,
    ended_at  BIGINT NOT NULL,
    lost      BIGINT NOT NULL CHECK (lost BETWEEN 0 AND face) -- what was taken back by its buyer or has run out
);
CREATE UNIQUE INDEX gift_hash ON gift (hash) WHERE hash <> '';
CREATE INDEX gift_seller ON gift (seller, id);
CREATE INDEX gift_party ON gift (party, id) WHERE party <> '';
CREATE INDEX gift_order ON gift (order_ref) WHERE order_ref <> '';
CREATE INDEX gift_draft ON gift (made_at) WHERE order_ref = '';
CREATE INDEX gift_to_send ON gift (send_day) WHERE paid_at > 0 AND sent_at = 0 AND ended_at = 0;
CREATE INDEX gift_open ON gift (until_day) WHERE paid_at > 0 AND ended_at = 0;

-- What one order was paid with a certificate.
CREATE TABLE gift_use (
    order_ref TEXT   NOT NULL PRIMARY KEY,
    gift      TEXT   NOT NULL,
    amount    BIGINT NOT NULL CHECK (amount > 0),
    back      BIGINT NOT NULL CHECK (back BETWEEN 0 AND amount), -- what has gone back onto it
    at        BIGINT NOT NULL
);
CREATE INDEX gift_use_gift ON gift_use (gift, order_ref);
