-- +goose Up
-- Which files a product shows is noted for the library when it is weighed: all are weighed once more.
UPDATE product SET score = -1;
