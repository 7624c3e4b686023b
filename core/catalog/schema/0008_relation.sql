-- +goose Up
-- What else a buyer of a product may want.
CREATE TABLE product_relation (
    product  TEXT   NOT NULL,
    kind     TEXT   NOT NULL CHECK (kind IN ('accessory', 'spare_part', 'substitute', 'goes_well')),
    other    TEXT   NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (product, kind, other),
    CHECK (product <> other)
);
CREATE INDEX product_relation_other ON product_relation (other);
CREATE TABLE collection (
    id          TEXT   NOT NULL PRIMARY KEY,
    slug        TEXT   NOT NULL UNIQUE,
    name        TEXT   NOT NULL, -- JSON, localized
    description TEXT   NOT NULL, -- JSON, localized
    rule        TEXT   NOT NULL, -- JSON; '' when its products are chosen by hand
    starts      BIGINT NOT NULL, -- 0 is always
    ends        BIGINT NOT NULL, -- 0 is never
    home        BIGINT NOT NULL CHECK (home IN (0, 1)),
    position    BIGINT NOT NULL
);
CREATE TABLE collection_product (
    collection TEXT   NOT NULL,
    product    TEXT   NOT NULL,
    position   BIGINT NOT NULL,
    PRIMARY KEY (collection, product)
);
