-- +goose Up
-- The list of one buyer or of one guest. How many things are on it is kept beside them, so that the limit holds in a race.
CREATE TABLE wish_list (
    id         TEXT   NOT NULL PRIMARY KEY,
    party      TEXT   NOT NULL, -- whose it is; '' for a guest's
    things     BIGINT NOT NULL CHECK (things >= 0),
    opened_at  BIGINT NOT NULL,
    touched_at BIGINT NOT NULL
);

-- A party has one list, on all of its devices.
CREATE UNIQUE INDEX wish_list_party ON wish_list (party) WHERE party <> '';

-- What guests have left behind.
CREATE INDEX wish_list_touched ON wish_list (touched_at) WHERE party = '';

CREATE TABLE wish (
    list           TEXT   NOT NULL,
    product        TEXT   NOT NULL,
    variant        TEXT   NOT NULL, -- which one is meant, or ''
    seller         TEXT   NOT NULL,
    price_seen     BIGINT NOT NULL,
    price_currency TEXT   NOT NULL,
    kept_at        BIGINT NOT NULL,
    PRIMARY KEY (list, product)
);

-- How many keep a product.
CREATE INDEX wish_product ON wish (product);
