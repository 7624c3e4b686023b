-- +goose Up
-- One contract. The body is what never changes and what nobody searches: address, quote, delivery, allocations.
CREATE TABLE orders (
    id         TEXT   NOT NULL PRIMARY KEY,
    code       TEXT   NOT NULL UNIQUE,
    number     TEXT   NOT NULL DEFAULT '',
    cart       TEXT   NOT NULL UNIQUE,
    seller     TEXT   NOT NULL,
    party      TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    email      TEXT   NOT NULL,
    currency   TEXT   NOT NULL,
    total      BIGINT NOT NULL CHECK (total >= 0),
    method     TEXT   NOT NULL,
    state      TEXT   NOT NULL, -- Computed from the lines with every change; kept so that lists can look for it.
    version    BIGINT NOT NULL DEFAULT 1,
    placed_at  BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    body       TEXT   NOT NULL
);
CREATE INDEX orders_seller ON orders (seller, id);
CREATE INDEX orders_state ON orders (seller, state, id);
CREATE INDEX orders_party ON orders (party, id) WHERE party <> '';
CREATE INDEX orders_email ON orders (email, id) WHERE email <> '';
CREATE UNIQUE INDEX orders_number ON orders (seller, number) WHERE number <> '';

-- How far a line has come. Each count contains the next, and nothing is more than was ordered.
CREATE TABLE order_line (
    order_id  TEXT   NOT NULL REFERENCES orders (id),
    line      TEXT   NOT NULL,
    position  BIGINT NOT NULL,
    variant   TEXT   NOT NULL,
    ordered   BIGINT NOT NULL CHECK (ordered > 0),
    cancelled BIGINT NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
    packed    BIGINT NOT NULL DEFAULT 0,
    shipped   BIGINT NOT NULL DEFAULT 0,
    delivered BIGINT NOT NULL DEFAULT 0,
    returned  BIGINT NOT NULL DEFAULT 0 CHECK (returned >= 0),
    PRIMARY KEY (order_id, line),
    CHECK (cancelled + packed <= ordered),
    CHECK (returned <= delivered AND delivered <= shipped AND shipped <= packed)
);

-- All that happened to an order after it was placed. Rows are only added.
CREATE TABLE order_event (
    order_id   TEXT   NOT NULL REFERENCES orders (id),
    version    BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    ref        TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    actor_kind TEXT   NOT NULL,
    actor      TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    PRIMARY KEY (order_id, version),
    UNIQUE (order_id, kind, ref)
);

-- The last document number of a seller's year.
CREATE TABLE order_series (
    seller TEXT   NOT NULL,
    year   BIGINT NOT NULL,
    last   BIGINT NOT NULL,
    PRIMARY KEY (seller, year)
);
