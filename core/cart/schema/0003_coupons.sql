-- +goose Up
-- The codes that the buyer has entered, JSON in the form in which codes are compared; '' for none.
ALTER TABLE cart ADD COLUMN coupons TEXT NOT NULL DEFAULT '';
