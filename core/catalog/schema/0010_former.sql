-- +goose Up
-- The addresses that categories and collections had before, so that links to them go on leading there. What has an address
-- now comes before what had it.
CREATE TABLE former_address (
    kind  TEXT NOT NULL CHECK (kind IN ('category', 'collection')),
    slug  TEXT NOT NULL,
    owner TEXT NOT NULL,
    PRIMARY KEY (kind, slug)
);
CREATE INDEX former_address_owner ON former_address (kind, owner);
