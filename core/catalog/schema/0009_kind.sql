-- +goose Up
-- What kind of goods it is, JSON, where it is other than a thing that lies on a shelf.
ALTER TABLE product ADD COLUMN kind TEXT NOT NULL DEFAULT '{}';

-- Which products are bundles that a variant is a part of, to find them when the part changes.
CREATE TABLE product_part (
    part   TEXT NOT NULL, -- a variant
    bundle TEXT NOT NULL, -- a product
    PRIMARY KEY (part, bundle)
);
CREATE INDEX product_part_bundle ON product_part (bundle);
