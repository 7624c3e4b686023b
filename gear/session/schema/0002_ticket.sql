-- +goose Up
-- Something that a browser has begun and somebody has to prove: by a code that went to an address, or by a passkey. Only
-- hashes are kept: of the ticket, which the browser holds, and of the code together with the ticket, so that whoever reads
-- this table can neither finish nor guess anything. user_id is empty where an address is nobody's; such a ticket leads
-- nowhere. body is what the ceremony has to remember.
CREATE TABLE session_ticket (
    hash    TEXT   NOT NULL PRIMARY KEY,
    purpose TEXT   NOT NULL,
    user_id TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    code    TEXT   NOT NULL,
    body    TEXT   NOT NULL,
    tries   BIGINT NOT NULL DEFAULT 0 CHECK (tries >= 0),
    expires BIGINT NOT NULL
);
CREATE INDEX session_ticket_expires ON session_ticket (expires);
CREATE INDEX session_ticket_user ON session_ticket (user_id) WHERE user_id <> '';
