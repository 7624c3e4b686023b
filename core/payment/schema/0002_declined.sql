-- +goose Up
-- What banks refused is few among many, and somebody looks at it each morning.
CREATE INDEX payment_declined ON payment (seller, id) WHERE declined = 1;
