-- +goose Up
-- A plan is read by its product, and replaced as a whole.
DROP INDEX agreement_plan_seller;
ALTER TABLE agreement_plan DROP COLUMN version;
