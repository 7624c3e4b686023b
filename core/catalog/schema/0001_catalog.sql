-- +goose Up
CREATE TABLE category (
    id       TEXT   NOT NULL PRIMARY KEY,
    parent   TEXT   NOT NULL,
    slug     TEXT   NOT NULL UNIQUE,
    name     TEXT   NOT NULL, -- JSON, localized
    path     TEXT   NOT NULL, -- '/root/…/self/'
    position BIGINT NOT NULL
);
CREATE INDEX category_parent ON category (parent, position, slug);

-- Every category and each one above it, itself included.
CREATE TABLE category_above (
    category TEXT NOT NULL,
    above    TEXT NOT NULL,
    PRIMARY KEY (category, above)
);
CREATE INDEX category_below ON category_above (above, category);

-- The long columns stand last, so that lists and offers need not read past them.
CREATE TABLE product (
    id          TEXT   NOT NULL PRIMARY KEY,
    seller      TEXT   NOT NULL,
    external_id TEXT   NOT NULL,
    slug        TEXT   NOT NULL,
    category    TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('draft', 'on_sale', 'ended')),
    since       BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    digest      TEXT   NOT NULL, -- of the draft that an import brought last
    revised     BIGINT NOT NULL,
    brand       TEXT   NOT NULL,
    origin      TEXT   NOT NULL,
    tax_class   TEXT   NOT NULL,
    name        TEXT   NOT NULL, -- JSON, localized
    cover       TEXT   NOT NULL, -- JSON, the first image, or ''
    words       TEXT   NOT NULL, -- folded: names, brand, SKUs and ids, for the office's search
    options     TEXT   NOT NULL, -- JSON
    media       TEXT   NOT NULL, -- JSON
    description TEXT   NOT NULL, -- JSON, localized
    attributes  TEXT   NOT NULL  -- JSON
);
CREATE UNIQUE INDEX product_external ON product (seller, external_id) WHERE external_id <> '';
CREATE INDEX product_state ON product (state, since, id);
CREATE INDEX product_seller ON product (seller, since, id);
CREATE INDEX product_category ON product (category, since, id);

CREATE TABLE variant (
    id       TEXT   NOT NULL PRIMARY KEY,
    product  TEXT   NOT NULL,
    seller   TEXT   NOT NULL,
    sku      TEXT   NOT NULL,
    dropped  BIGINT NOT NULL CHECK (dropped IN (0, 1)),
    position BIGINT NOT NULL,
    gtin     TEXT   NOT NULL,
    ntin     TEXT   NOT NULL,
    hs       TEXT   NOT NULL,
    options  TEXT   NOT NULL, -- JSON: option code to value code
    label    TEXT   NOT NULL, -- JSON, localized: the chosen values in words
    unit     TEXT   NOT NULL,
    mass     BIGINT NOT NULL CHECK (mass >= 0), -- grams
    length   BIGINT NOT NULL CHECK (length >= 0), -- millimetres
    width    BIGINT NOT NULL CHECK (width >= 0),
    height   BIGINT NOT NULL CHECK (height >= 0),
    tracking TEXT   NOT NULL CHECK (tracking IN ('tracked', 'untracked', 'backorder'))
);
CREATE UNIQUE INDEX variant_sku ON variant (seller, sku);
CREATE INDEX variant_product ON variant (product, position);

-- What stands on sale in a category or below it: one row for the product's category and for each one above. A product is
-- taken off before its category or its time changes, for they say where it stands.
CREATE TABLE product_shelf (
    category TEXT   NOT NULL,
    since    BIGINT NOT NULL,
    product  TEXT   NOT NULL,
    seller   TEXT   NOT NULL,
    PRIMARY KEY (category, since, product)
);
