-- +goose Up
-- The gift certificate that shall pay for the basket; '' for none.
ALTER TABLE cart ADD COLUMN gift TEXT NOT NULL DEFAULT '';
