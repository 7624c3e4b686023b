-- +goose Up
-- Pools of which no more is left than their mark, or nothing: written when a pool crosses its mark or zero, not with each
-- claim, so that a purchase pays nothing for it. The place is what stands before the subject in the key.
CREATE TABLE hold_short (
    key     TEXT NOT NULL PRIMARY KEY,
    place   TEXT NOT NULL,
    subject TEXT NOT NULL
);
CREATE UNIQUE INDEX hold_short_place ON hold_short (place, subject, key);

INSERT INTO hold_short (key, place, subject)
SELECT key, substr(key, 1, length(key) - length(subject)), subject FROM hold_pool
WHERE capacity + beyond - taken <= mark AND substr(key, length(key) - length(subject) + 1) = subject;
