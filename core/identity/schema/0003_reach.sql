-- +goose Up
-- Who acts for a party, so that it can be written to.
CREATE INDEX users_party ON users (party) WHERE party <> '';
