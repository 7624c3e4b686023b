-- +goose Up
CREATE TABLE mark (
  key  TEXT   NOT NULL,
  step TEXT   NOT NULL,
  who  TEXT   NOT NULL,
  n    BIGINT NOT NULL,
  PRIMARY KEY (key, step)
);
