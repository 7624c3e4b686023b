-- +goose Up
-- What somebody owes is asked whenever he takes something out, and whether goods came in without a receipt whenever one is lodged.
CREATE INDEX clearing_due_payer ON clearing_due (payer) WHERE state = 'due';
CREATE INDEX clearing_movement_asset ON clearing_movement (asset);
