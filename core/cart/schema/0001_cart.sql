-- +goose Up
-- A basket. Address and delivery are JSON; what says something about a person is emptied when the basket expires.
CREATE TABLE cart (
    id         TEXT   NOT NULL PRIMARY KEY,
    party      TEXT   NOT NULL,
    currency   TEXT   NOT NULL,
    lang       TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN ('open', 'ordered', 'merged', 'expired')),
    lines      BIGINT NOT NULL CHECK (lines >= 0),
    address    TEXT   NOT NULL,
    email      TEXT   NOT NULL,
    phone      TEXT   NOT NULL,
    delivery   TEXT   NOT NULL,
    learn      BIGINT NOT NULL CHECK (learn IN (0, 1)),
    remind     BIGINT NOT NULL CHECK (remind IN (0, 1)),
    order_ref  TEXT   NOT NULL,
    opened_at  BIGINT NOT NULL,
    touched_at BIGINT NOT NULL
);

-- A party has one open basket, on all of its devices.
CREATE UNIQUE INDEX cart_party_open ON cart (party) WHERE state = 'open' AND party <> '';

-- What lies untouched.
CREATE INDEX cart_touched ON cart (touched_at) WHERE state = 'open';

-- What still says something about a person.
CREATE INDEX cart_known ON cart (touched_at) WHERE address || email || phone <> '';

CREATE TABLE cart_line (
    cart           TEXT   NOT NULL,
    id             TEXT   NOT NULL,
    variant        TEXT   NOT NULL,
    product        TEXT   NOT NULL,
    seller         TEXT   NOT NULL,
    quantity       BIGINT NOT NULL CHECK (quantity > 0),
    price_seen     BIGINT NOT NULL,
    price_currency TEXT   NOT NULL,
    source         TEXT   NOT NULL,
    added_at       BIGINT NOT NULL,
    PRIMARY KEY (cart, id)
);

-- The same variant is one line.
CREATE UNIQUE INDEX cart_line_variant ON cart_line (cart, variant);
