-- +goose Up
-- What was taken off a product and may come back for a while.
CREATE TABLE product_removed_media (
    product  TEXT   NOT NULL,
    url      TEXT   NOT NULL,
    media    TEXT   NOT NULL, -- JSON
    position BIGINT NOT NULL, -- where it stood
    removed  BIGINT NOT NULL,
    PRIMARY KEY (product, url)
);
CREATE INDEX product_removed_media_age ON product_removed_media (removed);
