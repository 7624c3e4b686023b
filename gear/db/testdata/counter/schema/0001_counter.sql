-- +goose Up
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    n    BIGINT NOT NULL CHECK (n >= 0)
);
