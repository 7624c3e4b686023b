-- +goose Up
-- Zones, methods and points as JSON: they are read together, and no question is ever asked of their parts.
CREATE TABLE shipping_tariff (
    id      TEXT   NOT NULL PRIMARY KEY,
    seller  TEXT   NOT NULL,
    kind    TEXT   NOT NULL CHECK (kind IN ('zone', 'method', 'point')),
    version BIGINT NOT NULL,
    body    TEXT   NOT NULL
);

CREATE INDEX shipping_tariff_seller ON shipping_tariff (seller, id);
CREATE INDEX shipping_tariff_version ON shipping_tariff (version);

-- What leaves one warehouse for one order. done_at is when its last parcel arrived or came back; 0 before.
CREATE TABLE shipping_shipment (
    id               TEXT   NOT NULL PRIMARY KEY,
    seller           TEXT   NOT NULL,
    order_ref        TEXT   NOT NULL,
    warehouse        TEXT   NOT NULL,
    method           TEXT   NOT NULL,
    carrier          TEXT   NOT NULL,
    booking          TEXT   NOT NULL,
    point            TEXT   NOT NULL,
    address          TEXT   NOT NULL,
    collect          BIGINT NOT NULL CHECK (collect >= 0),
    collect_currency TEXT   NOT NULL,
    prepared_at      BIGINT NOT NULL,
    done_at          BIGINT NOT NULL
);

CREATE INDEX shipping_shipment_order ON shipping_shipment (order_ref, id);
CREATE UNIQUE INDEX shipping_shipment_booking ON shipping_shipment (carrier, booking) WHERE booking <> '';
CREATE INDEX shipping_shipment_underway ON shipping_shipment (id) WHERE done_at = 0 AND booking <> '';

CREATE TABLE shipping_parcel (
    shipment TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    mass     BIGINT NOT NULL CHECK (mass >= 0),
    length   BIGINT NOT NULL,
    width    BIGINT NOT NULL,
    height   BIGINT NOT NULL,
    contents TEXT   NOT NULL,
    tracking TEXT   NOT NULL,
    PRIMARY KEY (shipment, id)
);

CREATE INDEX shipping_parcel_tracking ON shipping_parcel (tracking) WHERE tracking <> '';

-- What happened. Rows are only ever added; one that comes twice counts once.
CREATE TABLE shipping_event (
    shipment TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    parcel   TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    place    TEXT   NOT NULL,
    note     TEXT   NOT NULL,
    noted_at BIGINT NOT NULL,
    PRIMARY KEY (shipment, id)
);
