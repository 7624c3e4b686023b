-- +goose Up
-- Units that left, did not reach the buyer, lie in the warehouse again and wait for a decision. They are part of what is
-- neither cancelled nor packed; that is not checked here, for code that does not know this count packs and cancels beside
-- it while a house is upgraded. Whoever reads it takes the lesser of the two.
ALTER TABLE order_line ADD COLUMN undelivered BIGINT NOT NULL DEFAULT 0 CHECK (undelivered >= 0 AND undelivered <= ordered);
