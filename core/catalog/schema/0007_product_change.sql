-- +goose Up
-- Who changed what of a product, when, and what it was before. The version is the one that the change made.
CREATE TABLE product_change (
    product  TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    who_kind TEXT   NOT NULL,
    who      TEXT   NOT NULL,
    fields   TEXT   NOT NULL, -- JSON, names
    earlier  TEXT   NOT NULL, -- JSON, the fields as they were
    later    TEXT   NOT NULL, -- JSON, the fields as they became
    PRIMARY KEY (product, version)
);
-- Links that show a draft to whoever has one.
CREATE TABLE product_preview (
    token   TEXT   NOT NULL PRIMARY KEY,
    product TEXT   NOT NULL,
    until   BIGINT NOT NULL
);
CREATE INDEX product_preview_product ON product_preview (product);
CREATE INDEX product_preview_until ON product_preview (until);
-- When a product goes on sale and when it ends, by itself. A time of 0 is none; due is the next of the two.
CREATE TABLE product_plan (
    product TEXT   NOT NULL PRIMARY KEY,
    starts  BIGINT NOT NULL,
    ends    BIGINT NOT NULL,
    due     BIGINT NOT NULL,
    refused TEXT   NOT NULL -- the code of the fault that stopped it last
);
CREATE INDEX product_plan_due ON product_plan (due) WHERE due > 0;
