-- +goose Up
-- What somebody was written, for his account.
CREATE INDEX notify_letter_recipient ON notify_letter (recipient, written_at);
