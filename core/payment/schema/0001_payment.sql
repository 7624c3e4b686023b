-- +goose Up
CREATE TABLE payment_method (
    code     TEXT   NOT NULL,
    country  TEXT   NOT NULL,
    currency TEXT   NOT NULL,
    gateway  TEXT   NOT NULL,
    name     TEXT   NOT NULL,
    least    BIGINT NOT NULL CHECK (least > 0),
    most     BIGINT NOT NULL,
    position BIGINT NOT NULL,
    offered  BIGINT NOT NULL CHECK (offered IN (0, 1)),
    changed  BIGINT NOT NULL,
    PRIMARY KEY (currency, country, code),
    CHECK (most >= least)
);

-- One try to pay. The totals only grow, and no part is ever more than the whole.
CREATE TABLE payment (
    id         TEXT   NOT NULL PRIMARY KEY,
    cart       TEXT   NOT NULL,
    order_id   TEXT   NOT NULL DEFAULT '',
    seller     TEXT   NOT NULL,
    party      TEXT   NOT NULL,
    method     TEXT   NOT NULL,
    gateway    TEXT   NOT NULL,
    ref        TEXT   NOT NULL DEFAULT '',
    currency   TEXT   NOT NULL,
    amount     BIGINT NOT NULL CHECK (amount > 0),
    authorized BIGINT NOT NULL DEFAULT 0,
    captured   BIGINT NOT NULL DEFAULT 0,
    voided     BIGINT NOT NULL DEFAULT 0,
    refunded   BIGINT NOT NULL DEFAULT 0,
    declined   BIGINT NOT NULL DEFAULT 0 CHECK (declined IN (0, 1)),
    reason     TEXT   NOT NULL DEFAULT '',
    next_kind  TEXT   NOT NULL DEFAULT '',
    next_url   TEXT   NOT NULL DEFAULT '',
    at         BIGINT NOT NULL,
    changed    BIGINT NOT NULL,
    CHECK (authorized >= 0 AND authorized <= amount),
    CHECK (captured >= 0 AND voided >= 0 AND captured + voided <= authorized),
    CHECK (refunded >= 0 AND refunded <= captured)
);
CREATE INDEX payment_cart ON payment (cart);
CREATE INDEX payment_order ON payment (order_id) WHERE order_id <> '';
CREATE UNIQUE INDEX payment_ref ON payment (gateway, ref) WHERE ref <> '';
CREATE INDEX payment_seller ON payment (seller, id);

-- What gateways sent, word for word, each message once.
CREATE TABLE payment_event (
    gateway  TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    payment  TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    said_at  BIGINT NOT NULL,
    came_at  BIGINT NOT NULL,
    body     TEXT   NOT NULL,
    PRIMARY KEY (gateway, id)
);
CREATE INDEX payment_event_payment ON payment_event (payment, came_at);
