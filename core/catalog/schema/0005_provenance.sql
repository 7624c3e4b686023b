-- +goose Up
-- By what the country of origin is known, and with what evidence. The grade stands by itself, for lists ask for it.
ALTER TABLE product ADD COLUMN proof TEXT NOT NULL DEFAULT '';
ALTER TABLE product ADD COLUMN provenance TEXT NOT NULL DEFAULT '{}';
