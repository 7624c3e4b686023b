-- +goose Up
-- When a rule was taken away, and 0 while it counts: until it is forgotten it can be put back.
ALTER TABLE search_rule ADD COLUMN dropped BIGINT NOT NULL DEFAULT 0;
