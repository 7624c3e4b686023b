-- +goose Up
-- Where goods lie. Name and address are JSON.
CREATE TABLE inventory_warehouse (
    id       TEXT   NOT NULL PRIMARY KEY,
    seller   TEXT   NOT NULL,
    name     TEXT   NOT NULL,
    address  TEXT   NOT NULL,
    priority BIGINT NOT NULL,
    open     BIGINT NOT NULL CHECK (open IN (0, 1))
);

CREATE INDEX inventory_warehouse_seller ON inventory_warehouse (seller, priority, id);

-- Units that came or went. Rows are only ever added; their sum is the capacity of the pool in core/hold.
CREATE TABLE inventory_movement (
    id        TEXT   NOT NULL PRIMARY KEY,
    warehouse TEXT   NOT NULL,
    variant   TEXT   NOT NULL,
    kind      TEXT   NOT NULL CHECK (kind IN ('receipt', 'issue', 'adjustment', 'return', 'transfer')),
    quantity  BIGINT NOT NULL CHECK (quantity <> 0),
    cause     TEXT   NOT NULL,
    who       TEXT   NOT NULL,
    at        BIGINT NOT NULL
);

CREATE INDEX inventory_movement_variant ON inventory_movement (variant, id);
CREATE INDEX inventory_movement_warehouse ON inventory_movement (warehouse, id);
