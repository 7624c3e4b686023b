-- +goose Up
CREATE INDEX clearing_trade_instrument ON clearing_trade (instrument, id);
CREATE INDEX clearing_obligation_trades ON clearing_obligation (account, trade);
