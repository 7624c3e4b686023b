-- +goose Up
-- Names of the internet under which a seller's window is shown by itself. Several sellers may ask for one; whoever proves
-- that it is his has it, and nobody else.
CREATE TABLE window_host (
    host         TEXT   NOT NULL,
    seller       TEXT   NOT NULL,
    token        TEXT   NOT NULL,
    asked_at     BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL DEFAULT 0,
    how          TEXT   NOT NULL DEFAULT '',
    who          TEXT   NOT NULL,
    PRIMARY KEY (host, seller)
);
CREATE UNIQUE INDEX window_host_confirmed ON window_host (host) WHERE confirmed_at <> 0;
CREATE INDEX window_host_seller ON window_host (seller, host);
