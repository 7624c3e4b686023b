-- +goose Up
-- What a default came to, as a clearing.Outcome in JSON; empty for those of before it was kept.
ALTER TABLE clearing_default ADD COLUMN report TEXT NOT NULL DEFAULT '';
CREATE INDEX clearing_default_member ON clearing_default (member, at);
