-- +goose Up
CREATE TABLE note (
  reaction TEXT   NOT NULL,
  key      TEXT   NOT NULL,
  n        BIGINT NOT NULL,
  PRIMARY KEY (reaction, key, n)
);
