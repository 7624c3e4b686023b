-- +goose Up
-- What a run is for by its plan, while it is under way, done in parts, or tried again after a failure; 0 is what is in next.
ALTER TABLE job ADD COLUMN planned BIGINT NOT NULL DEFAULT 0;
