-- +goose Up
CREATE TABLE price_list (
    id             TEXT   NOT NULL PRIMARY KEY,
    seller         TEXT   NOT NULL,
    name           TEXT   NOT NULL, -- JSON, localized
    currency       TEXT   NOT NULL,
    customer_group TEXT   NOT NULL, -- '' is everybody
    from_day       TEXT   NOT NULL,
    to_day         TEXT   NOT NULL CHECK (to_day = '' OR to_day > from_day),
    priority       BIGINT NOT NULL,
    ended          BIGINT NOT NULL CHECK (ended IN (0, 1))
);
CREATE INDEX price_list_seller ON price_list (seller, currency, customer_group);

-- The variant leads, for all prices of a few variants are asked for together.
CREATE TABLE price (
    variant       TEXT   NOT NULL,
    list          TEXT   NOT NULL,
    from_quantity BIGINT NOT NULL CHECK (from_quantity >= 0), -- millionths
    from_day      TEXT   NOT NULL,
    to_day        TEXT   NOT NULL CHECK (to_day = '' OR to_day > from_day),
    amount        BIGINT NOT NULL CHECK (amount >= 0), -- minor units of the list's currency, for one unit
    PRIMARY KEY (variant, list, from_quantity, from_day)
);
