-- +goose Up
-- One way of bringing in one file, and how far it has come. A file is known by the digest of its bytes.
CREATE TABLE intake_run (
    seller   TEXT   NOT NULL,
    source   TEXT   NOT NULL,
    way      TEXT   NOT NULL,
    name     TEXT   NOT NULL,
    position BIGINT NOT NULL,
    noted    BIGINT NOT NULL,
    written  BIGINT NOT NULL,
    added    BIGINT NOT NULL,
    changed  BIGINT NOT NULL,
    same     BIGINT NOT NULL,
    refused  BIGINT NOT NULL,
    prices   BIGINT NOT NULL,
    stocks   BIGINT NOT NULL,
    begun    BIGINT NOT NULL,
    moved    BIGINT NOT NULL,
    ended    BIGINT NOT NULL,
    PRIMARY KEY (seller, source, way)
);
