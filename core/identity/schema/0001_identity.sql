-- +goose Up
CREATE TABLE party (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL CHECK (kind IN ('person', 'organisation')),
    name       TEXT   NOT NULL,
    tax_number TEXT   NOT NULL,
    email      TEXT   NOT NULL,
    phone      TEXT   NOT NULL,
    country    TEXT   NOT NULL,
    known      BIGINT NOT NULL
);
CREATE INDEX party_tax_number ON party (tax_number) WHERE tax_number <> '';

-- users, for "user" is a word of PostgreSQL's own.
CREATE TABLE users (
    id     TEXT   NOT NULL PRIMARY KEY,
    email  TEXT   NOT NULL UNIQUE, -- in small letters
    name   TEXT   NOT NULL,
    lang   TEXT   NOT NULL,
    role   TEXT   NOT NULL CHECK (role IN ('buyer', 'staff', 'admin')),
    scopes TEXT   NOT NULL, -- separated by spaces
    seller TEXT   NOT NULL CHECK ((role = 'staff') = (seller <> '')),
    party  TEXT   NOT NULL CHECK ((role = 'buyer') = (party <> '')),
    state  TEXT   NOT NULL CHECK (state IN ('active', 'suspended')),
    hash   TEXT   NOT NULL,
    known  BIGINT NOT NULL
);
CREATE INDEX users_office ON users (role, seller, id) WHERE role <> 'buyer';
