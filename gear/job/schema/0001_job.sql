-- +goose Up
-- What is due at a time or by the calendar: one row a job, by the name that it has in the program.
CREATE TABLE job (
  name     TEXT   NOT NULL PRIMARY KEY,
  next     BIGINT NOT NULL, -- When it is due; while an errand is under way, when its lease ends.
  lease_by TEXT   NOT NULL, -- Who is on the errand; '' is nobody.
  last     BIGINT NOT NULL, -- When it last ended well; 0 is never.
  tries    BIGINT NOT NULL, -- How often it has failed since then.
  error    TEXT   NOT NULL
);
