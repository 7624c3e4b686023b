-- +goose Up
-- The price that the owner of a list knows of a thing, where it is below the one he saw when he kept it: a letter told him.
-- 0 is none; it is in the currency of the price that he saw.
ALTER TABLE wish ADD COLUMN told BIGINT NOT NULL DEFAULT 0;

-- When a letter told the owner of a list of prices that had fallen, and the word by which it lets him stop such letters.
ALTER TABLE wish_list ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE wish_list ADD COLUMN stop TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX wish_list_stop ON wish_list (stop) WHERE stop <> '';
