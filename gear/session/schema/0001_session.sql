-- +goose Up
-- A signed-in browser or program. Only the SHA-256 of its token is kept; previous is that of the token before the last
-- rotation, good for a minute more.
CREATE TABLE session (
    id       TEXT   NOT NULL PRIMARY KEY,
    hash     TEXT   NOT NULL UNIQUE,
    previous TEXT   NOT NULL,
    user_id  TEXT   NOT NULL,
    began    BIGINT NOT NULL,
    seen     BIGINT NOT NULL,
    rotated  BIGINT NOT NULL,
    address  TEXT   NOT NULL,
    agent    TEXT   NOT NULL
);
CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX session_previous ON session (previous) WHERE previous <> '';
CREATE INDEX session_seen ON session (seen);

-- A key by which a program acts for a user. hint is the beginning of the secret, for people to tell keys apart.
CREATE TABLE session_key (
    id      TEXT   NOT NULL PRIMARY KEY,
    hash    TEXT   NOT NULL UNIQUE,
    user_id TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    hint    TEXT   NOT NULL,
    scopes  TEXT   NOT NULL,
    began   BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used    BIGINT NOT NULL,
    revoked BIGINT NOT NULL
);
CREATE INDEX session_key_of_user ON session_key (user_id);

-- Failed sign-ins by account and by address. subject is a hash, so that mistyped names are not kept.
CREATE TABLE session_throttle (
    subject  TEXT   NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    until    BIGINT NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX session_throttle_at ON session_throttle (at);
