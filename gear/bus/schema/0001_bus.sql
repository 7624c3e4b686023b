-- +goose Up
-- Every fact that was ever stated, as it was stated. Ids rise with time.
CREATE TABLE fact (
  id       TEXT   NOT NULL PRIMARY KEY,
  at       BIGINT NOT NULL,
  name     TEXT   NOT NULL,
  key      TEXT   NOT NULL,
  who_kind TEXT   NOT NULL,
  who_id   TEXT   NOT NULL,
  body     TEXT   NOT NULL
);
CREATE INDEX fact_by_key ON fact (key, id);
CREATE INDEX fact_by_name ON fact (name, id);

-- What is still to follow from a fact. The row goes when the reaction is done, in the same moment.
CREATE TABLE delivery (
  reaction TEXT   NOT NULL,
  key      TEXT   NOT NULL,
  fact     TEXT   NOT NULL,
  due      BIGINT NOT NULL, -- When it may be taken: at once, after a pause, after a lease, or never (it is parked, or behind one that is).
  tries    BIGINT NOT NULL,
  lease_by TEXT   NOT NULL, -- Who has taken it; '' on SQLite, where one process has all.
  parked   BIGINT NOT NULL CHECK (parked IN (0, 1)),
  error    TEXT   NOT NULL,
  PRIMARY KEY (reaction, key, fact)
);
CREATE INDEX delivery_due ON delivery (due, fact);
