-- +goose Up
-- What the products of a category, and of all below it, are asked for. It takes the place of category_attribute, whose
-- check of the kinds SQLite cannot widen.
CREATE TABLE category_question (
    category   TEXT   NOT NULL,
    code       TEXT   NOT NULL,
    kind       TEXT   NOT NULL CHECK (kind IN ('text', 'number', 'bool', 'choice', 'choices', 'colour', 'dimensions', 'date')),
    label      TEXT   NOT NULL, -- JSON, localized
    heading    TEXT   NOT NULL, -- JSON, localized
    unit       TEXT   NOT NULL,
    choices    TEXT   NOT NULL, -- JSON
    required   BIGINT NOT NULL CHECK (required IN (0, 1)),
    filterable BIGINT NOT NULL CHECK (filterable IN (0, 1)),
    comparable BIGINT NOT NULL CHECK (comparable IN (0, 1)),
    position   BIGINT NOT NULL,
    PRIMARY KEY (category, code)
);
INSERT INTO category_question (category, code, kind, label, heading, unit, choices, required, filterable, comparable, position)
SELECT category, code, kind, label, '{}', unit, '[]', 0, 0, 1, position FROM category_attribute;
DROP TABLE category_attribute;
