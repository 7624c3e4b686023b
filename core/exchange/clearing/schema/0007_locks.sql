-- +goose Up
-- Units that a division has made of a purchase that is not settled: they are locked as the others of it are.
ALTER TABLE clearing_lesson ADD COLUMN locks BIGINT NOT NULL DEFAULT 0 CHECK (locks >= 0);
