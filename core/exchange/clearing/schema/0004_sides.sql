-- +goose Up
-- Who traded on both sides, which of them stood in the book, and what a trade was called where it was agreed elsewhere: all that
-- the market has to be told again when the trade is undone. Trades from before have none of it.
ALTER TABLE clearing_trade ADD COLUMN buy_trader BIGINT NOT NULL DEFAULT 0;
ALTER TABLE clearing_trade ADD COLUMN buy_member BIGINT NOT NULL DEFAULT 0;
ALTER TABLE clearing_trade ADD COLUMN sell_trader BIGINT NOT NULL DEFAULT 0;
ALTER TABLE clearing_trade ADD COLUMN sell_member BIGINT NOT NULL DEFAULT 0;
ALTER TABLE clearing_trade ADD COLUMN resting TEXT NOT NULL DEFAULT '' CHECK (resting IN ('', 'buy', 'sell'));
ALTER TABLE clearing_trade ADD COLUMN ref TEXT NOT NULL DEFAULT '';
CREATE INDEX clearing_trade_ref ON clearing_trade (ref, id) WHERE ref <> '';
