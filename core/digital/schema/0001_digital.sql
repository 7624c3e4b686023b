-- +goose Up
-- A file that buyers of a product get.
CREATE TABLE digital_file (
    id       TEXT   NOT NULL PRIMARY KEY,
    product  TEXT   NOT NULL,
    name     TEXT   NOT NULL, -- what it is called when it is saved
    bytes    BIGINT NOT NULL CHECK (bytes > 0),
    lies     TEXT   NOT NULL, -- the name under which it is kept, which is shown to nobody
    position BIGINT NOT NULL,
    dropped  BIGINT NOT NULL CHECK (dropped IN (0, 1))
);
CREATE INDEX digital_file_product ON digital_file (product, position);

-- A licence code, which is given once. How many are left stands in a pool of core/hold.
CREATE TABLE digital_code (
    id       TEXT NOT NULL PRIMARY KEY,
    variant  TEXT NOT NULL,
    code     TEXT NOT NULL,
    grant_id TEXT NOT NULL -- to whom it was given; '' for nobody yet
);
CREATE UNIQUE INDEX digital_code_once ON digital_code (variant, code);
CREATE INDEX digital_code_free ON digital_code (variant, id) WHERE grant_id = '';
CREATE INDEX digital_code_given ON digital_code (grant_id) WHERE grant_id <> '';

-- What the buyer of one line of an order may fetch.
CREATE TABLE digital_grant (
    id        TEXT   NOT NULL PRIMARY KEY,
    order_ref TEXT   NOT NULL,
    line      TEXT   NOT NULL,
    product   TEXT   NOT NULL,
    most      BIGINT NOT NULL CHECK (most > 0), -- how many times each file may be fetched
    until_at  BIGINT NOT NULL,
    ended     BIGINT NOT NULL CHECK (ended IN (0, 1))
);
CREATE UNIQUE INDEX digital_grant_line ON digital_grant (order_ref, line);

-- How many times a file was fetched.
CREATE TABLE digital_fetch (
    grant_id TEXT   NOT NULL,
    file     TEXT   NOT NULL,
    times    BIGINT NOT NULL CHECK (times > 0),
    PRIMARY KEY (grant_id, file)
);
