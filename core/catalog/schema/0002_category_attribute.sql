-- +goose Up
-- What the products of a category, and of all below it, are asked for.
CREATE TABLE category_attribute (
    category TEXT   NOT NULL,
    code     TEXT   NOT NULL,
    kind     TEXT   NOT NULL CHECK (kind IN ('text', 'number', 'bool')),
    label    TEXT   NOT NULL, -- JSON, localized
    unit     TEXT   NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (category, code)
);
