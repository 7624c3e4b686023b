-- +goose Up
-- A basket of an agreement, which the house orders for a party: it stands beside the one that the party fills by itself. The
-- column names the period that it is for. Where older code still runs, it may show such a basket for the seconds that it lives.
ALTER TABLE cart ADD COLUMN standing TEXT NOT NULL DEFAULT '';
DROP INDEX cart_party_open;
CREATE UNIQUE INDEX cart_party_open ON cart (party) WHERE state = 'open' AND party <> '' AND standing = '';
