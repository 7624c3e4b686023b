-- +goose Up
-- A passkey: the public half of a key whose other half never leaves somebody's device. credential is what the device calls
-- it, in base64url; record is what the standard has us remember of it, JSON.
CREATE TABLE session_passkey (
    id         TEXT   NOT NULL PRIMARY KEY,
    credential TEXT   NOT NULL UNIQUE,
    user_id    TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    record     TEXT   NOT NULL,
    began      BIGINT NOT NULL,
    used       BIGINT NOT NULL
);
CREATE INDEX session_passkey_user ON session_passkey (user_id, id);
