-- +goose Up
-- How far everything that shows files was walked through, to note where each is shown, and when the walk came to its end for
-- the last time; 0 before it has once: until then nobody knows what is shown nowhere.
CREATE TABLE media_walk (
    name       TEXT   NOT NULL PRIMARY KEY,
    upto       TEXT   NOT NULL,
    through_at BIGINT NOT NULL
);
