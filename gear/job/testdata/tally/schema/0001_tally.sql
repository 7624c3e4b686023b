-- +goose Up
CREATE TABLE tally (
  name TEXT   NOT NULL PRIMARY KEY,
  n    BIGINT NOT NULL
);
