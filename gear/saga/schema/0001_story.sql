-- +goose Up
-- A story is what takes more than one moment: its place among its steps and its state, kept in one row.
CREATE TABLE story (
  id         TEXT   NOT NULL PRIMARY KEY,
  name       TEXT   NOT NULL,
  key        TEXT   NOT NULL,
  state      TEXT   NOT NULL CHECK (state IN ('running', 'waiting', 'undoing', 'done', 'failed')),
  step       TEXT   NOT NULL, -- The step that comes next; while undoing, the one to be taken back next.
  trail      TEXT   NOT NULL, -- The steps that are done, in order, with a space between.
  version    BIGINT NOT NULL, -- Grows with every saving; a teller that lost its lease finds another one here.
  tries      BIGINT NOT NULL,
  due        BIGINT NOT NULL, -- When the clock takes it up: the end of the lease, or the next try; 0 when it has ended.
  lease_by   TEXT   NOT NULL,
  begun      BIGINT NOT NULL,
  moved      BIGINT NOT NULL,
  who        TEXT   NOT NULL, -- Who began it, as JSON: all its moments are theirs.
  body       TEXT   NOT NULL, -- The state, as JSON.
  fault      TEXT   NOT NULL, -- Why it fails, encoded; '' when it does not.
  trouble    TEXT   NOT NULL  -- What went wrong last, for the office.
);
CREATE UNIQUE INDEX story_key ON story (name, key) WHERE state <> 'failed';
CREATE INDEX story_due ON story (due) WHERE due > 0;
