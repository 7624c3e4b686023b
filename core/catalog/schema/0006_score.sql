-- +goose Up
-- How complete a product is, from 0 to 100; -1 has to be weighed. Whatever changes a product sets it to -1.
ALTER TABLE product ADD COLUMN score BIGINT NOT NULL DEFAULT -1 CHECK (score BETWEEN -1 AND 100);
CREATE INDEX product_unweighed ON product (id) WHERE score = -1;
