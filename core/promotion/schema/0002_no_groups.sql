-- +goose Up
-- Promotions no longer ask for a customer group, which nobody could belong to. Those that did counted for nobody; they are
-- paused, so that they count for everybody only when somebody starts them.
UPDATE promotion SET state = 'paused', version = version + 1 WHERE state = 'running' AND body LIKE '%"group":"%';
UPDATE promotion SET was = 'paused', version = version + 1 WHERE was = 'running' AND body LIKE '%"group":"%';
