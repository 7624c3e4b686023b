-- +goose Up
-- A code that was given back with a part of its line is not shown to the buyer any more, and is not sold again.
ALTER TABLE digital_code ADD COLUMN ended BIGINT NOT NULL DEFAULT 0 CHECK (ended IN (0, 1));
