-- +goose Up
-- What a seller gives away. What it says is in the body, JSON; what lists are led by stands beside it.
CREATE TABLE promotion (
    id      TEXT   NOT NULL PRIMARY KEY,
    seller  TEXT   NOT NULL,
    state   TEXT   NOT NULL CHECK (state IN ('draft', 'running', 'paused', 'ended')),
    was     TEXT   NOT NULL CHECK ((state = 'ended') = (was <> '')), -- the state before the end
    version BIGINT NOT NULL CHECK (version > 0),
    body    TEXT   NOT NULL
);
CREATE INDEX promotion_seller ON promotion (seller, id);
CREATE INDEX promotion_running ON promotion (id) WHERE state = 'running';

-- The codes of promotions in the form in which they are compared. A code leads to one promotion of the house.
CREATE TABLE promotion_code (
    code      TEXT NOT NULL PRIMARY KEY,
    promotion TEXT NOT NULL
);
CREATE INDEX promotion_code_of ON promotion_code (promotion);

-- What a promotion has taken off an order. The order has the reasons; here they are counted.
CREATE TABLE promotion_use (
    promotion TEXT   NOT NULL,
    order_ref TEXT   NOT NULL,
    code      TEXT   NOT NULL,
    amount    BIGINT NOT NULL CHECK (amount > 0),
    currency  TEXT   NOT NULL,
    used_at   BIGINT NOT NULL,
    undone    BIGINT NOT NULL CHECK (undone IN (0, 1)), -- the order was cancelled
    PRIMARY KEY (promotion, order_ref)
);
CREATE INDEX promotion_use_order ON promotion_use (order_ref);
