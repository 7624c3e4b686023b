-- +goose Up
-- Up to which order the sales were counted. They are counted anew from the first order on.
CREATE TABLE search_sold (
    name TEXT NOT NULL PRIMARY KEY,
    upto TEXT NOT NULL
);
UPDATE search_liking SET sales = 0 WHERE sales > 0;
